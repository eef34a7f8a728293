"""A SOCKS5 client (RFC 1928, RFC 1929), whose every byte a test may choose."""

import socket

from live.client import PATIENCE, connect

GRANTED = b"\x05\x00\x00\x01" + bytes(6)


class SocksRefused(Exception):
    """`said` is what the proxy answered: b"" when it closed without a word."""

    def __init__(self, said: bytes) -> None:
        super().__init__(said.hex(" "))
        self.said = said


def read(sock: socket.socket, size: int) -> bytes:
    """At the most `size` bytes, less at the end of the connection."""
    data = b""
    while len(data) < size and (more := sock.recv(size - len(data))):
        data += more
    return data


def ask(sock: socket.socket, said: bytes, granted: bytes) -> None:
    sock.sendall(said)
    if (reply := read(sock, len(granted))) != granted:
        raise SocksRefused(reply)


def credentials(user: str, password: str) -> bytes:
    name, word = user.encode(), password.encode()
    return bytes([1, len(name)]) + name + bytes([len(word)]) + word


def request(host: str, port: int, command: int = 1) -> bytes:
    """By address where `host` is one, else by name."""
    try:
        kind, address = 1, socket.inet_pton(socket.AF_INET, host)
    except (OSError, ValueError):
        try:
            kind, address = 4, socket.inet_pton(socket.AF_INET6, host)
        except (OSError, ValueError):
            kind, address = 3, bytes([len(host)]) + host.encode("latin-1")
    return bytes([5, command, 0, kind]) + address + port.to_bytes(2)


def through(
    proxy: str, host: str, port: int, login: tuple[str, str] | None = None, *, command: int = 1
) -> socket.socket:
    """The socket behind the handshake. Raises SocksRefused."""
    sock = connect(proxy, PATIENCE)
    try:
        if login is None:
            ask(sock, b"\x05\x01\x00", b"\x05\x00")
        else:
            ask(sock, b"\x05\x02\x00\x02", b"\x05\x02")
            ask(sock, credentials(*login), b"\x01\x00")
        ask(sock, request(host, port, command), GRANTED)
    except BaseException:  # a test's time-out too: no socket is left open
        sock.close()
        raise
    return sock
