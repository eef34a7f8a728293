"""One `serve` for a home, and how other commands find it: a locked file with the id of its process."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from facegate.errors import HomeError

NAME = "serve.lock"
PATIENCE = 0.2  # seconds; who asks whether somebody serves holds the lock for microseconds
_LOOK = 0.01  # seconds between two tries


@contextlib.contextmanager
def alone(run: Path) -> Iterator[None]:
    """The lock ends with the process, however it ends. Raises HomeError while another process has it."""
    handle = os.open(run / NAME, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "a+") as lock:
        if not _taken(lock):
            lock.seek(0)
            raise HomeError(
                f"another facegate serves from {run.parent} already (process {lock.read().strip() or '?'}); "
                "stop it or choose another --home"
            )
        _write_pid(lock)
        yield


def serving(run: Path) -> int | None:
    """The process that serves from this home; None where nobody does."""
    try:
        handle = os.open(run / NAME, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with os.fdopen(handle) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            text = lock.read().strip()
            return int(text) if text.isdecimal() else None
    return None


def _taken(lock: TextIO) -> bool:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(_LOOK)  # the kernel's own wait has no end
        else:
            return True


def _write_pid(lock: TextIO) -> None:
    lock.seek(0)
    lock.truncate()
    lock.write(str(os.getpid()))
    lock.flush()
