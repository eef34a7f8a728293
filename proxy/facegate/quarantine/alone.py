"""One at a time: work on the whole vault that must not run twice at once on one home."""

import contextlib
import fcntl
import os
from collections.abc import Iterator

from facegate.errors import Conflict
from facegate.state.home import Home


@contextlib.contextmanager
def alone(home: Home, what: str) -> Iterator[None]:
    """Raises Conflict where another process is about it. The lock goes with the process, however it ends."""
    handle = os.open(home.path / f"{what}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(f"another {what} is under way; wait until it has ended") from None
        yield
    finally:
        os.close(handle)
