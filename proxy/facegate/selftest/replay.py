"""The cases, sent by an origin on loopback through a gateway's real port, and what came of them."""

import asyncio
import base64
import contextlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from facegate.selftest.cases import PAGE, Case, cases, windows

AT_ONCE = 8
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

    async def __aenter__(self) -> "Origin":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
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
        """What comes of each case through `proxy`; what may pass first, one at a time, so that a short line of bodies
        holds nothing of it up. `secrets`: whoever receives one of them received too much. Raises OSError when the proxy
        cannot be reached."""
        until = asyncio.get_running_loop().time() + seconds
        turn = asyncio.Semaphore(AT_ONCE)

        async def one(number: int, case: Case) -> Result:
            request = _request(case, self.port, f"/{number}", credentials(case))
            async with turn:
                got, ended = await _ask(*proxy, request, until)
            return _judged(case, got, secrets, "" if ended else f"there was no end of it in {seconds:.0f} s")

        numbered = list(enumerate(self._cases))
        found = {number: await one(number, case) for number, case in numbered if case.passes}
        rest = [(number, case) for number, case in numbered if not case.passes]
        results = await asyncio.gather(*(one(number, case) for number, case in rest))
        found |= {number: result for (number, _), result in zip(rest, results, strict=True)}
        return [found[number] for number, _ in numbered]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ", 2)[1].decode("latin-1").lstrip("/")
                known = path.isdecimal() and int(path) < len(self._cases)
                writer.write(self._cases[int(path)].reply if known else NOT_FOUND)
                await writer.drain()
        writer.close()


def _request(case: Case, port: int, path: str, credentials: str) -> bytes:
    at = f"127.0.0.1:{port}"
    known = f"Proxy-Authorization: Basic {base64.b64encode(credentials.encode()).decode()}\r\n" if credentials else ""
    fields = "".join(f"{name}: {value}\r\n" for name, value in case.fields.items())
    fields += "" if "Connection" in case.fields else "Connection: close\r\n"
    if case.tunnel:
        opened = f"CONNECT {at} HTTP/1.1\r\nHost: {at}\r\n{known}\r\n"
        return f"{opened}{case.method} {path} HTTP/1.1\r\nHost: {at}\r\n{fields}\r\n".encode()
    return f"{case.method} http://{at}{path} HTTP/1.1\r\nHost: {at}\r\n{known}{fields}\r\n".encode()


async def _ask(host: str, port: int, request: bytes, until: float) -> tuple[bytes, bool]:
    """All that comes until the connection ends, and whether it did. `until`: on the event loop's clock."""
    reader, writer = await asyncio.open_connection(host, port)
    got = b""
    try:
        async with asyncio.timeout_at(until):
            if request.startswith(b"CONNECT"):
                opening, _, request = request.partition(b"\r\n\r\n")
                writer.write(opening + b"\r\n\r\n")
                opened = await reader.readuntil(b"\r\n\r\n")
                if b" 200 " not in opened.partition(b"\r\n")[0]:
                    return opened + await reader.readexactly(_length(opened)), True
            writer.write(request)
            while more := await reader.read(65536):
                got += more
    except asyncio.IncompleteReadError as error:
        return error.partial, True
    except ConnectionError:
        return got, True
    except TimeoutError:
        return got, False
    finally:
        writer.close()
    return got, True


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
