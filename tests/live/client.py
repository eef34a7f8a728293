"""The crawler's end of a raw connection: exact bytes to the proxy, and everything that comes back."""

import base64
import re
import socket
import ssl
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from live.origin import read_until

PATIENCE = 20.0  # seconds without a byte after which a reply counts as over; a hung proxy fails the test, not the run


def connect(proxy: str, patience: float = PATIENCE) -> socket.socket:
    parts = urlsplit(proxy)
    assert parts.hostname
    assert parts.port
    return socket.create_connection((parts.hostname, parts.port), timeout=patience)


def read_all(sock: socket.socket) -> bytes:
    """Everything until the other side closes; TimeoutError when it does not, in the patience of `connect`."""
    data = b""
    try:
        while more := sock.recv(65536):
            data += more
    except (ConnectionResetError, ssl.SSLEOFError):
        pass  # cut off: what had arrived by then is the answer
    return data


def read_reply(sock: socket.socket) -> bytes:
    """One reply that announces its length, from a connection that stays open."""
    data = read_until(sock, b"\r\n\r\n")
    head, _, body = data.partition(b"\r\n\r\n")
    size = int(re.search(rb"\r\ncontent-length: *(\d+)", head + b"\r\ncontent-length: 0", re.IGNORECASE)[1])
    while len(body) < size:
        more = sock.recv(65536)
        assert more, "the reply ended early"
        body += more
    return head + b"\r\n\r\n" + body


def raw(proxy: str, data: bytes, patience: float = PATIENCE) -> bytes:
    """Send `data` as it is; everything that comes back until the proxy closes. Say `Connection: close` in it."""
    with connect(proxy, patience) as sock:
        sock.sendall(data)
        return read_all(sock)


def body_of(reply: bytes) -> bytes:
    """The body of the one response that `reply` is, its chunks joined; trailers are left out."""
    head, _, body = reply.partition(b"\r\n\r\n")
    if b"\ntransfer-encoding: chunked" not in head.lower():
        return body
    joined = b""
    while size := int(body.partition(b"\r\n")[0].partition(b";")[0], 16):
        data = body.partition(b"\r\n")[2]
        joined, body = joined + data[:size], data[size + 2 :]
    return joined


def get(url: str, *headers: str, method: str = "GET") -> bytes:
    """A plain request in absolute form, as one sends it to a proxy."""
    lines = [f"{method} {url} HTTP/1.1", f"Host: {urlsplit(url).netloc}", "Connection: close", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


def basic(job: str, token: str) -> str:
    return "Proxy-Authorization: Basic " + base64.b64encode(f"{job}:{token}".encode()).decode()


class OnlyH2(ssl.SSLContext):
    """For httpx, which offers http/1.1 first, where the gateway takes the first that it speaks."""

    @classmethod
    def trusting(cls, ca: Path) -> "OnlyH2":
        context = cls(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(ca)
        return context

    def set_alpn_protocols(self, _protocols: Iterable[str]) -> None:
        super().set_alpn_protocols(["h2"])


def as_seen(response: httpx.Response) -> bytes:
    """An HTTP/2 response spelled as HTTP/1."""
    fields = b"".join(name + b": " + value + b"\r\n" for name, value in response.headers.raw)
    return b"HTTP/1.1 %d x\r\n%s\r\n%s" % (response.status_code, fields, response.content)


class ConnectRefused(Exception):
    """The proxy's answer to CONNECT was not 200; `reply` has it whole."""

    def __init__(self, reply: bytes) -> None:
        super().__init__(reply.partition(b"\r\n")[0].decode("latin-1"))
        self.reply = reply


def tunnel(proxy: str, host: str, port: int, *headers: str, patience: float = PATIENCE) -> socket.socket:
    """CONNECT; the socket inside the tunnel, still plain."""
    sock = connect(proxy, patience)
    lines = [f"CONNECT {host}:{port} HTTP/1.1", f"Host: {host}:{port}", *headers]
    try:
        sock.sendall("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n")
        reply = read_reply(sock)
        if reply.split(b" ", 2)[1:2] != [b"200"]:
            raise ConnectRefused(reply)
    except BaseException:  # a test's time-out too: no socket is left open
        sock.close()
        raise
    return sock


def tls(sock: socket.socket, ca: Path, host: str = "127.0.0.1", alpn: tuple[str, ...] = ("http/1.1",)) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=ca)
    context.set_alpn_protocols(list(alpn))
    return context.wrap_socket(sock, server_hostname=host)


def raw_tls(proxy: str, ca: Path, url: str, data: bytes, *headers: str, patience: float = PATIENCE) -> bytes:
    """`raw`, inside a tunnel to the host of `url`; `headers` go with the CONNECT."""
    parts = urlsplit(url)
    assert parts.hostname
    with tls(tunnel(proxy, parts.hostname, parts.port or 443, *headers, patience=patience), ca, parts.hostname) as sock:
        sock.sendall(data)
        return read_all(sock)
