"""Ports are taken before any child starts, so that a port in use is one clear line and port 0 has one answer."""

import errno
import socket

from facegate.errors import HomeError
from facegate.hostport import host_port


def reserve(host: str, port: int, setting: str) -> socket.socket:
    """A socket bound with SO_REUSEPORT that never listens: it holds the port while the gateways share it.

    A first try without the option finds another program on the port; with it, two would share in silence.
    Raises HomeError.
    """
    return bound(host, free_port(host, port, setting), setting, share=True)


def free_port(host: str, port: int, setting: str) -> int:
    """`port`, or a free one for 0. Raises HomeError when it is in use or may not be bound to."""
    with bound(host, port, setting, share=False) as probe:
        taken: int = probe.getsockname()[1]
        return taken


def bound(host: str, port: int, setting: str, *, share: bool = False) -> socket.socket:
    """A bound socket that does not listen yet. Raises HomeError, `setting` first."""
    try:
        info = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except OSError:
        raise HomeError(f"{setting}: {host!r} is no address of this machine; write one like 127.0.0.1") from None
    bound = socket.socket(info[0], socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if share:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind(info[4])
    except OSError as error:
        bound.close()
        why = {
            errno.EADDRINUSE: "is in use; stop the other program or choose another port",
            errno.EACCES: "may not be opened by this user; choose one above 1023",
            errno.EADDRNOTAVAIL: "is not an address of this machine",
        }.get(error.errno or 0, f"cannot be opened ({error.strerror})")
        raise HomeError(f"{setting}: {host_port(host, port)} {why}") from None
    return bound
