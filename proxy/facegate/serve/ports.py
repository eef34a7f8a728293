"""Ports are taken before any child starts, so that a port in use is one clear line and port 0 has one answer."""

import contextlib
import errno
import socket
from collections.abc import Iterator
from typing import Any

from facegate.errors import HomeError
from facegate.hostport import host_port
from facegate.serve.claim import claim

_ELSEWHERE = "is not an address of this machine"
_TAKEN = "is in use; stop the other program or choose another port"


@contextlib.contextmanager
def reserve(host: str, port: int, setting: str) -> Iterator[socket.socket]:
    """A socket bound with SO_REUSEPORT that never listens: it holds the port while the gateways share it.

    A first try without the option finds another program on the port; with it, two would share in silence. The claim
    finds another `serve` whose gateways do not listen yet. Raises HomeError.
    """
    port = port or free_port(host, 0, setting)
    with claim(_address(host, port, setting)[1][0], port) as ours:
        if not ours:
            raise HomeError(f"{setting}: {host_port(host, port)} {_TAKEN}")
        free_port(host, port, setting)
        with bound(host, port, setting, share=True) as held:
            yield held


def free_port(host: str, port: int, setting: str, kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """`port`, or a free one for 0. Raises HomeError when it is in use or may not be bound to."""
    with bound(host, port, setting, share=False, kind=kind) as probe:
        taken: int = probe.getsockname()[1]
        return taken


def bound(
    host: str, port: int, setting: str, *, share: bool = False, kind: socket.SocketKind = socket.SOCK_STREAM
) -> socket.socket:
    """A bound socket that does not listen yet. Raises HomeError, `setting` first."""
    family, address = _address(host, port, setting)
    return _bind(socket.socket(family, kind), address, f"{setting}: {host_port(host, port)}", share)


def bound_all(host: str, port: int, setting: str) -> list[socket.socket]:
    """One for each address that `host` has here, bound with SO_REUSEPORT; none listens yet. Raises HomeError."""
    found: list[socket.socket] = []
    infos = {(info[0], info[4]) for info in _infos(host, port, setting)}
    for family, address in sorted(infos):
        try:
            it = socket.socket(family, socket.SOCK_STREAM)
        except OSError:  # a name may have an IPv6 address where there is no IPv6
            continue
        if family == socket.AF_INET6:  # "::" beside "0.0.0.0", as asyncio does it
            it.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            found.append(_bind(it, address, f"{setting}: {host_port(host, port)}", share=True))
        except HomeError as error:
            if len(infos) == 1 or _ELSEWHERE not in str(error):
                for each in found:
                    each.close()
                raise
    if not found:
        raise HomeError(f"{setting}: {host_port(host, port)} cannot be opened")
    return found


def _bind(bound: socket.socket, address: Any, named: str, share: bool) -> socket.socket:
    kind = bound.type
    try:
        if kind is socket.SOCK_STREAM:  # with it two programs would share a UDP port
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if share:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind(address)
    except OSError as error:
        bound.close()
        why = {
            errno.EADDRINUSE: _TAKEN,
            errno.EACCES: "may not be opened by this user; choose one above 1023",
            errno.EADDRNOTAVAIL: _ELSEWHERE,
        }.get(error.errno or 0, f"cannot be opened ({error.strerror})")
        raise HomeError(f"{named} {why}") from None
    return bound


def _address(host: str, port: int, setting: str) -> tuple[int, Any]:
    """Family and socket address, numeric: two names of one address are one address."""
    info = _infos(host, port, setting)[0]
    return info[0], info[4]


def _infos(host: str, port: int, setting: str) -> list[Any]:
    try:
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE))
    except OSError:
        raise HomeError(f"{setting}: {host!r} is no address of this machine; write one like 127.0.0.1") from None
