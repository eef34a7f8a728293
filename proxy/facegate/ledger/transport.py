"""The way to a syslog receiver: UDP (RFC 5426), TCP (RFC 6587), TLS (RFC 5425), or a socket of this machine."""

import contextlib
import fcntl
import select
import socket
import ssl
import struct
import sys
import termios
import time
from collections.abc import Callable, Sequence

from facegate.ledger.destination import Destination
from facegate.ledger.syslog import framed

CONNECT_SECONDS = 10.0
SEND_SECONDS = 20.0  # for one batch; a receiver that takes nothing for so long is away
_GOODBYE_SECONDS = 0.5  # for TLS's close_notify, and the other's
_STEP = 0.01  # seconds between two looks at what has arrived; there is no event for it


class Transport:
    """One connection; an OSError (ssl.SSLError is one) leaves it closed, and the next `send` opens another."""

    def __init__(self, to: Destination, ca: str = "") -> None:
        self.to = to
        self._tls = _context(ca) if to.kind == "tls" else None
        self._socket: socket.socket | None = None

    @property
    def is_stream(self) -> bool:
        return self.to.kind in ("tcp", "tls")

    def send(self, messages: Sequence[bytes], stopping: Callable[[], bool] = lambda: False) -> None:
        """Returns once they are out; on a stream, once the receiver's machine has them, where the system tells.
        Raises OSError: then some may have arrived."""
        try:
            connection = self._socket or self._open()
            if self.is_stream:
                if _ended(connection):  # else the first batch after a restart of the receiver goes nowhere
                    raise ConnectionResetError("the receiver closed the connection")
                connection.sendall(b"".join(framed(message) for message in messages))
                self._arrived(connection, stopping)
            else:
                for message in messages:
                    connection.send(message)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError, ValueError):
                if isinstance(self._socket, ssl.SSLSocket):
                    self._socket.settimeout(_GOODBYE_SECONDS)
                    self._socket.unwrap().close()
            with contextlib.suppress(OSError):
                self._socket.close()
            self._socket = None

    def _open(self) -> socket.socket:
        to = self.to
        if to.kind == "unix":
            opened = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            try:
                opened.settimeout(SEND_SECONDS)
                opened.connect(to.host)
            except OSError:
                opened.close()
                raise
        elif to.kind == "udp":
            family, _kind, _protocol, _name, address = socket.getaddrinfo(to.host, to.port, type=socket.SOCK_DGRAM)[0]
            opened = socket.socket(family, socket.SOCK_DGRAM)
            try:
                opened.settimeout(SEND_SECONDS)
                opened.connect(address)
            except OSError:
                opened.close()
                raise
        else:
            opened = socket.create_connection((to.host, to.port), CONNECT_SECONDS)
            try:
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                if self._tls is not None:
                    opened = self._tls.wrap_socket(opened, server_hostname=to.host)
                opened.settimeout(SEND_SECONDS)
            except OSError:
                opened.close()
                raise
        self._socket = opened
        return opened

    def _arrived(self, connection: socket.socket, stopping: Callable[[], bool]) -> None:
        """Wait until the other side has acknowledged every byte. Syslog itself has no answer: what a receiver then
        does with it cannot be known."""
        until = time.monotonic() + SEND_SECONDS
        while (waiting := _unacknowledged(connection)) and not stopping():
            if time.monotonic() >= until:
                raise TimeoutError(f"the receiver did not take {waiting} bytes")
            time.sleep(_STEP)
        if waiting:
            raise TimeoutError("stopped before the receiver had all")


def _context(ca: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _ended(connection: socket.socket) -> bool:
    """Has the receiver closed it? Receivers say nothing else."""
    while select.select([connection], [], [], 0)[0]:
        connection.settimeout(0.0)
        try:
            if connection.recv(4096) == b"":
                return True
        except (BlockingIOError, ssl.SSLWantReadError):  # a TLS record without text, like a session ticket
            return False
        finally:
            connection.settimeout(SEND_SECONDS)
    return False


def _unacknowledged(connection: socket.socket) -> int:
    """Bytes that the other side's machine has not acknowledged; 0 where the system does not tell."""
    if not sys.platform.startswith("linux"):
        return 0
    count: int = struct.unpack("i", fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, bytes(4)))[0]
    return count
