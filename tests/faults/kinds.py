"""What happens at a call site while its fault is on. A hang lasts until it is switched off; a kill happens once."""

import contextlib
import errno
import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from enum import IntEnum

from faults.switch import Switch

SLOW = 2.0  # seconds
DAY = 86_400
POLL = 0.02
_sleep = time.sleep


class Kind(IntEnum):
    EXCEPTION = 1
    CANCELLED = 2
    HANG = 3
    KILL = 4
    MEMORY = 5
    FULL = 6
    READ_ONLY = 7
    SLOW = 8
    FORWARD = 9  # the clock jumps by a day, and back when it is switched off
    BACKWARD = 10

    @property
    def word(self) -> str:
        return self.name.lower().replace("_", "-")


class Injected(Exception):
    """Nobody catches this one by its name."""


CLOCK = (Kind.FORWARD, Kind.BACKWARD)
WAITS = (Kind.HANG, Kind.SLOW)


def strike(switch: Switch, site: int, kind: Kind, *, sql: bool = False) -> None:
    """In the thread that came by, which waits for it. Returns where the call is to go on. `sql`: as SQLite says it."""
    switch.fire()
    if kind in WAITS:
        for _ in waiting(switch, site, kind, lambda: _sleep(POLL)):
            pass
    elif kind in CLOCK:
        switch.shift = DAY if kind is Kind.FORWARD else -DAY
    elif kind is Kind.KILL:
        switch.disarm()
        with contextlib.suppress(OSError):  # a worker may signal nobody, itself included
            os.kill(os.getpid(), signal.SIGKILL)
        os._exit(137)
    else:
        raise failure(kind, sql=sql)


def waiting[T](switch: Switch, site: int, kind: Kind, rest: Callable[[], T]) -> Iterator[T]:
    """What `rest` gave, again and again, until the call may go on."""
    until = time.monotonic() + SLOW
    while switch.armed(site) and (kind is Kind.HANG or time.monotonic() < until):
        yield rest()


def failure(kind: Kind, *, sql: bool) -> BaseException:
    match kind:
        case Kind.MEMORY:
            return MemoryError()
        case Kind.CANCELLED:
            from asyncio import CancelledError

            return CancelledError()
        case Kind.FULL | Kind.READ_ONLY if sql:
            words = "database or disk is full" if kind is Kind.FULL else "attempt to write a readonly database"
            error = sqlite3.OperationalError(words)
            error.sqlite_errorcode = sqlite3.SQLITE_FULL if kind is Kind.FULL else sqlite3.SQLITE_READONLY
            return error
        case Kind.FULL | Kind.READ_ONLY:
            number = errno.ENOSPC if kind is Kind.FULL else errno.EROFS
            return OSError(number, os.strerror(number))
        case _:
            return Injected("a fault")
