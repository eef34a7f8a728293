"""A raw origin server: plays exact bytes over real sockets, and remembers every request that reached it.

A route is bytes (sent as they are) or a callable that is handed the Exchange and plays its own part. The connection
stays open where the bytes announce their length, and is closed after them where they don't; a callable that wants it
kept open returns True.
"""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

IDLE = 30.0  # seconds without a byte from the other side after which a connection is given up


@dataclass(frozen=True)
class Received:
    """One request as it arrived. Header names are lower case; `body` is there when it had a Content-Length."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes = b""
    head: bytes = field(default=b"", repr=False)

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name.lower()), None)

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


@dataclass(frozen=True)
class Exchange:
    """One request and the connection it came on."""

    request: Received
    sock: socket.socket
    stopped: threading.Event  # set when the origin closes; a slow script waits on it in place of a sleep

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def read(self, size: int = 65536) -> bytes:
        return self.sock.recv(size)


Play = bytes | Callable[[Exchange], bool | None]


class Origin:
    """`with Origin(tls=context) as origin: origin.route("/x", b"HTTP/1.1 200 OK\\r\\n...")`"""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Received] = []
        self._tls = tls
        self._routes: dict[str, Play] = {}
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._server.getsockname()[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._server.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self._server.close()
        with self._lock:
            for (
                sock
            ) in self._open:  # its thread closes it: TLS would go on with the number, in whatever file has it next
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    def route(self, path: str, play: Play) -> str:
        """Play this on requests for `path` (without query), and return its URL."""
        self._routes[path] = play
        return self.url(path)

    def url(self, path: str) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}{path}"

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._server.accept()
            except OSError:
                return
            sock.settimeout(IDLE)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        try:
            if self._tls:
                sock = self._tls.wrap_socket(sock, server_side=True)
            with self._lock:
                self._open.add(sock)
            with sock:
                self._talk(sock)
        except OSError:
            pass  # the other side left: what it did and did not get is for the test to judge
        finally:
            with self._lock:
                self._open.discard(sock)

    def _talk(self, sock: socket.socket) -> None:
        while (request := read_request(sock)) is not None:
            self.requests.append(request)
            play = self._routes.get(request.path, NOT_FOUND)
            if callable(play):
                stays = bool(play(Exchange(request, sock, self._stopped)))
            else:
                sock.sendall(play)
                stays = announces_length(play)
            if not stays:
                return


def read_request(sock: socket.socket) -> Received | None:
    """The next request, or None when the other side closed. Lenient: a test wants to see whatever was sent."""
    head = read_until(sock, b"\r\n\r\n")
    if not head:
        return None
    head, _, body = head.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    method, _, rest = lines[0].partition(" ")
    headers = [(name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines[1:])]
    length = int(next((value for name, value in headers if name == "content-length"), "0"))
    while len(body) < length and (more := sock.recv(65536)):
        body += more
    return Received(method, rest.rpartition(" ")[0], headers, body, head)


def read_until(sock: socket.socket, mark: bytes) -> bytes:
    data = b""
    while mark not in data:
        more = sock.recv(65536)
        if not more:
            break
        data += more
    return data


def announces_length(response: bytes) -> bool:
    head = response.partition(b"\r\n\r\n")[0].lower()
    return (b"\ncontent-length:" in head or b"\ntransfer-encoding:" in head) and b"\nconnection: close" not in head


NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
