"""What stands between the vault and an S3 server: notes each request, and fails, loses or alters what it is told to."""

import contextlib
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
from plain_http import NO_TLS


class Fate(Enum):
    PASS = "pass"
    REFUSE = "refuse"  # 503, and the server knows nothing of it
    FAIL = "fail"  # 500, likewise
    CUT = "cut"  # half of its body arrives at the server, and nothing is answered
    LOSE = "lose"  # the server does it, and its answer never arrives
    ALTER = "alter"  # a byte of the answer is another


POLL = 0.05  # seconds until it notices that it is to stop
REFUSALS = {Fate.REFUSE: 503, Fate.FAIL: 500}


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: str
    headers: Mapping[str, str]  # in small letters
    body: bytes


class Between:
    """`fate` is asked for each request, and may be set at any time; `asked` are those that came."""

    def __init__(self, server: str) -> None:
        self.fate: Callable[[Asked], Fate] = lambda asked: Fate.PASS
        self.asked: list[Asked] = []
        it = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self) -> None:
                place = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(int(headers.get("content-length", 0)))
                asked = Asked(self.command, place.path, place.query, headers, body)
                it.asked.append(asked)
                fate = it.fate(asked)
                if fate in REFUSALS:
                    self._answer(REFUSALS[fate], {}, b"")
                    return
                kept = {name: value for name, value in headers.items() if name != "connection"}
                if fate is Fate.CUT:
                    self.close_connection = True
                    with contextlib.suppress(ConnectionAbortedError):
                        it._client.request(self.command, f"{server}{self.path}", headers=kept, content=_half(body))
                    return
                reply = it._client.request(self.command, f"{server}{self.path}", headers=kept, content=body)
                if fate is Fate.LOSE:
                    self.close_connection = True
                    self.connection.close()
                    return
                content = bytes([reply.content[0] ^ 1]) + reply.content[1:] if fate is Fate.ALTER else reply.content
                self._answer(reply.status_code, reply.headers, content)

            do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_one  # noqa: N815 - the library's names

            def _answer(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    if name.lower() not in ("content-length", "connection", "transfer-encoding", "date", "server"):
                        self.send_header(name, value)
                length = headers.get("content-length", "0") if self.command == "HEAD" else str(len(content))
                self.send_header("content-length", length)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._client = httpx.Client(timeout=30, trust_env=False, verify=NO_TLS)
        self._handler = Handler
        self._server = Listening(("127.0.0.1", 0), Handler)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @contextlib.contextmanager
    def refusing(self) -> Iterator[None]:
        """Nobody listens on its port, and the connections that were open are not."""
        self._stop()
        try:
            yield
        finally:
            self._server = Listening(("127.0.0.1", self._server.server_port), self._handler)
            self._start()

    def of(self, method: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.method == method]

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(POLL,))
        self._thread.start()

    def _stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stop()
        self._client.close()


def _half(body: bytes) -> Iterator[bytes]:
    yield body[: len(body) // 2]
    raise ConnectionAbortedError


class Listening(ThreadingHTTPServer):
    """Its connections end when it is closed."""

    daemon_threads = True

    def __init__(self, *where: Any) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(*where)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        for connection in self._open.copy():
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away, or a server: nobody is left to be told."""
        if not isinstance(sys.exception(), OSError | httpx.HTTPError):
            super().handle_error(request, client_address)
