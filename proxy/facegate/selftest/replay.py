"""The cases, sent by an origin on loopback through a gateway's real port, and what came of them."""

import asyncio
import base64
import contextlib
import re
import ssl
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from facegate.selftest.cases import PAGE, Case, cases, windows

HOST = "127.0.0.1"
AT_ONCE = 8
AGAIN = 2  # times that an ordinary page is asked for once more; what leaks leaked
NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
SECONDS = 60.0  # for all cases together: one takes milliseconds


@dataclass(frozen=True, slots=True)
class Result:
    """`wrong` is a sentence; "" where the gate held, or let pass what may."""

    case: Case
    status: int  # 0: the connection ended without an answer
    wrong: str


async def replay(host: str, port: int, picture: bytes, credentials: str = "") -> list[Result]:
    """Through the proxy at `host`:`port`, as the job that `credentials` (JOB:TOKEN) name. Raises OSError when it cannot
    be reached."""
    async with Origin(cases(picture)) as origin:
        return await origin.asked_for((host, port), windows(picture), lambda _case: credentials)


class Origin:
    """It knows one answer a case, by the path that is asked for, and closes behind each."""

    def __init__(self, chosen: Sequence[Case]) -> None:
        self._cases = chosen

    _tls: ssl.SSLContext | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, HOST, 0, ssl=self._tls)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self._server.close_clients()
        await self._server.wait_closed()

    async def asked_for(
        self,
        proxy: tuple[str, int],
        secrets: Iterable[bytes],
        credentials: Callable[[Case], str],
        seconds: float = SECONDS,
    ) -> list[Result]:
        """What comes of each case through `proxy`. What may pass is asked for first, one at a time, and again where it
        did not: neither a short line of bodies nor a busy machine is to hold it up. `secrets`: whoever receives one of
        them received too much. Raises OSError when the proxy cannot be reached."""
        until = asyncio.get_running_loop().time() + seconds
        turn = asyncio.Semaphore(AT_ONCE)

        async def one(number: int, case: Case) -> Result:
            async with turn:
                got, ended = await self._ask(proxy, number, credentials(case), until)
            return _judged(case, got, secrets, "" if ended else f"there was no end of it in {seconds:.0f} s")

        async def ordinary(number: int, case: Case) -> Result:
            result = await one(number, case)
            for _ in range(AGAIN):
                if result.wrong:
                    result = await one(number, case)
            return result

        numbered = list(enumerate(self._cases))
        found = {number: await ordinary(number, case) for number, case in numbered if case.passes}
        rest = [(number, case) for number, case in numbered if not case.passes]
        results = await asyncio.gather(*(one(number, case) for number, case in rest))
        found |= {number: result for (number, _), result in zip(rest, results, strict=True)}
        return [found[number] for number, _ in numbered]

    async def _ask(self, proxy: tuple[str, int], number: int, credentials: str, until: float) -> tuple[bytes, bool]:
        """All that comes until the connection ends, and whether it did. `until`: on the event loop's clock."""
        case, got = self._cases[number], b""
        request = _request(case, self.port, f"/{number}", "" if case.tunnel else credentials)
        opened = through_tunnel(proxy, self.port, credentials) if case.tunnel else connected(proxy)
        try:
            async with asyncio.timeout_at(until), opened as (reader, writer, refused):
                if refused:
                    return refused, True
                writer.write(request)
                while more := await reader.read(65536):
                    got += more
        except (ConnectionResetError, BrokenPipeError):
            pass
        except asyncio.IncompleteReadError as error:
            return error.partial, True
        except TimeoutError:
            return got, False
        return got, True

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(self._reply(head.split(b" ", 2)[1]) or NOT_FOUND)
                await writer.drain()
        writer.close()

    def _reply(self, path: bytes) -> bytes:
        number = path.removeprefix(b"/")
        return self._cases[int(number)].reply if number.isdigit() and int(number) < len(self._cases) else b""


type Opened = tuple[asyncio.StreamReader, asyncio.StreamWriter, bytes]


@contextlib.asynccontextmanager
async def connected(proxy: tuple[str, int]) -> AsyncIterator[Opened]:
    """To the proxy, and nothing said yet. Raises OSError."""
    reader, writer = await asyncio.open_connection(*proxy)
    try:
        yield reader, writer, b""
    finally:
        writer.close()


@contextlib.asynccontextmanager
async def through_tunnel(proxy: tuple[str, int], port: int, credentials: str) -> AsyncIterator[Opened]:
    """Through a tunnel to `port`; or else with what the proxy said in place of opening one. Raises OSError."""
    async with connected(proxy) as (reader, writer, _):
        at = f"{HOST}:{port}"
        writer.write(f"CONNECT {at} HTTP/1.1\r\nHost: {at}\r\n{_known(credentials)}\r\n".encode())
        said = await reader.readuntil(b"\r\n\r\n")
        opened = b" 200 " in said.partition(b"\r\n")[0]
        yield reader, writer, b"" if opened else said + await reader.readexactly(_length(said))


def _known(credentials: str) -> str:
    encoded = base64.b64encode(credentials.encode()).decode()
    return f"Proxy-Authorization: Basic {encoded}\r\n" if credentials else ""


def _request(case: Case, port: int, path: str, credentials: str) -> bytes:
    at = f"{HOST}:{port}"
    fields = "".join(f"{name}: {value}\r\n" for name, value in case.fields.items())
    fields += "" if "Connection" in case.fields else "Connection: close\r\n"
    target = path if case.tunnel else f"http://{at}{path}"
    return f"{case.method} {target} HTTP/1.1\r\nHost: {at}\r\n{_known(credentials)}{fields}\r\n".encode()


def _length(head: bytes) -> int:
    told = re.search(rb"\r\ncontent-length: *(\d{1,9})\r\n", head, re.IGNORECASE)
    return int(told[1]) if told else 0


def _judged(case: Case, got: bytes, secrets: Iterable[bytes], unfinished: str) -> Result:
    """`unfinished`: what is wrong with it where all else is well."""
    line, _, _ = got.partition(b"\r\n")
    parts = line.split(b" ")
    status = int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0
    if case.passes:
        came = status == 200 and (PAGE in got or b"content-encoding: gzip" in got.lower())
        return Result(case, status, "" if came else f"an ordinary page was not let through ({status or 'no answer'})")
    leaked = any(secret in got for secret in secrets) or _carries(case, got)
    return Result(case, status, "some of the picture came through" if leaked else unfinished)


def _carries(case: Case, got: bytes) -> bool:
    """Is the end of the origin's body in it, as it was sent? The end of an ordinary page tells nothing."""
    body = case.reply.partition(b"\r\n\r\n")[2]
    end = body[-60:-28]
    return bool(end) and end not in PAGE and end in got
