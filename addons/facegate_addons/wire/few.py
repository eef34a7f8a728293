"""Which sockets the event loop hears of: the gate's own at once, those of strangers a few at a time.

asyncio handles all sockets that are ready before it goes on with what came of it. Where hundreds of clients ask at
once that takes most of a second, and a worker whose answer is there waits for several such turns until it has the next
body: the gate would look at one or two a second, and its workers have nothing to do. What talks within this machine
(workers, threads that wake the loop up) comes first, so looking goes on however many ask. The kernel tells of strangers
in turns, so nobody is forgotten.
"""

import select
import selectors
import socket
from typing import Any

AT_ONCE = 8  # sockets of strangers: each takes up to a few milliseconds, asking the kernel again some microseconds
OURS = 64  # sockets of our own: there are fewer


class _Few:
    """An epoll object in two: one of our own sockets, which is itself among those of the other."""

    def __init__(self) -> None:
        self._all, self._ours = select.epoll(), select.epoll()
        self._all.register(self._ours.fileno(), select.EPOLLIN)
        self._own: set[int] = set()

    def register(self, descriptor: int, events: int) -> None:
        if is_own(descriptor):
            self._ours.register(descriptor, events)
            self._own.add(descriptor)
        else:
            self._all.register(descriptor, events)

    def modify(self, descriptor: int, events: int) -> None:
        (self._ours if descriptor in self._own else self._all).modify(descriptor, events)

    def unregister(self, descriptor: int) -> None:
        own = descriptor in self._own
        self._own.discard(descriptor)
        (self._ours if own else self._all).unregister(descriptor)

    def poll(self, timeout: float, _most: int) -> list[tuple[int, int]]:
        """The selector knows no socket by the number of `_ours` and leaves it out."""
        strangers = self._all.poll(timeout, AT_ONCE)
        return self._ours.poll(0, OURS) + strangers

    def fileno(self) -> int:
        return self._all.fileno()

    def close(self) -> None:
        self._ours.close()
        self._all.close()


def is_own(descriptor: int) -> bool:
    """Is it a Unix socket? Strangers come over the network."""
    try:
        same = socket.socket(fileno=descriptor)
    except OSError:
        return False  # no socket
    try:
        return same.family == socket.AF_UNIX
    finally:
        same.detach()


def selector() -> selectors.BaseSelector:
    """The system's, with this order where it is Linux's."""
    found: Any = selectors.DefaultSelector()
    if type(found) is getattr(selectors, "EpollSelector", None):
        found._selector.close()
        found._selector = _Few()
    return found  # type: ignore[no-any-return]
