"""The cases, sent by an origin on loopback through a gateway's real port, and what came of them."""

import asyncio
import base64
import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from facegate.selftest.cases import PAGE, Case, cases, windows

AT_ONCE = 8
SECONDS = 30.0  # for one case; a gate that answers nothing at all did not leak, and did not hold either


@dataclass(frozen=True, slots=True)
class Result:
    """`wrong` is a sentence; "" where the gate held, or let pass what may."""

    case: Case
    status: int  # 0: the connection ended without an answer
    wrong: str


async def replay(host: str, port: int, picture: bytes, credentials: str = "") -> list[Result]:
    """Through the proxy at `host`:`port`, as the job that `credentials` (JOB:TOKEN) name. Raises OSError when it cannot
    be reached."""
    chosen = cases(picture)
    async with _Origin({f"/{number}": case.reply for number, case in enumerate(chosen)}) as origin:
        turn = asyncio.Semaphore(AT_ONCE)

        async def one(number: int, case: Case) -> Result:
            async with turn:
                got = await _ask(host, port, _request(case, origin.port, f"/{number}", credentials))
            return _judged(case, got, windows(picture))

        return await asyncio.gather(*(one(number, case) for number, case in enumerate(chosen)))


def _request(case: Case, port: int, path: str, credentials: str) -> bytes:
    at = f"127.0.0.1:{port}"
    known = f"Proxy-Authorization: Basic {base64.b64encode(credentials.encode()).decode()}\r\n" if credentials else ""
    fields = "".join(f"{name}: {value}\r\n" for name, value in case.fields.items())
    fields += "" if "Connection" in case.fields else "Connection: close\r\n"
    if case.tunnel:
        opened = f"CONNECT {at} HTTP/1.1\r\nHost: {at}\r\n{known}\r\n"
        return f"{opened}{case.method} {path} HTTP/1.1\r\nHost: {at}\r\n{fields}\r\n".encode()
    return f"{case.method} http://{at}{path} HTTP/1.1\r\nHost: {at}\r\n{known}{fields}\r\n".encode()


async def _ask(host: str, port: int, request: bytes) -> bytes:
    """All that comes until the connection ends."""
    reader, writer = await asyncio.open_connection(host, port)
    got = b""
    try:
        with contextlib.suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(SECONDS):
                if request.startswith(b"CONNECT"):
                    opening, _, request = request.partition(b"\r\n\r\n")
                    writer.write(opening + b"\r\n\r\n")
                    opened = await reader.readuntil(b"\r\n\r\n")
                    if b" 200 " not in opened.partition(b"\r\n")[0]:
                        return opened + await reader.read()
                writer.write(request)
                while more := await reader.read(65536):
                    got += more
    except asyncio.IncompleteReadError as error:
        return error.partial
    finally:
        writer.close()
    return got


def _judged(case: Case, got: bytes, secrets: Iterable[bytes]) -> Result:
    line, _, _ = got.partition(b"\r\n")
    parts = line.split(b" ")
    status = int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0
    if case.passes:
        came = status == 200 and (PAGE in got or b"content-encoding: gzip" in got.lower())
        return Result(case, status, "" if came else f"an ordinary page was not let through ({status or 'no answer'})")
    leaked = any(secret in got for secret in secrets) or _carries(case, got)
    return Result(case, status, "some of the picture came through" if leaked else "")


def _carries(case: Case, got: bytes) -> bool:
    """Is the end of the origin's body in it, as it was sent? The end of an ordinary page tells nothing."""
    body = case.reply.partition(b"\r\n\r\n")[2]
    end = body[-60:-28]
    return bool(end) and end not in PAGE and end in got


class _Origin:
    """One answer a connection, chosen by the path; then it closes."""

    def __init__(self, replies: Mapping[str, bytes]) -> None:
        self._replies = replies

    async def __aenter__(self) -> "_Origin":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                target = head.split(b" ", 2)[1].decode("latin-1")
                writer.write(self._replies.get(target, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))
                await writer.drain()
        writer.close()
