"""Whose turn it is among the processes of a home: one holds a lock, the others wait for it to end, however it ends."""

import asyncio
import contextlib
import fcntl
import os
import threading
from pathlib import Path

from facegate.errors import HomeError


class Turn:
    """A locked file of the kernel's: given back at `end`, and with the process that held it."""

    def __init__(self, path: Path) -> None:
        """Raises HomeError when the file cannot be opened."""
        try:
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise HomeError(f"{path} cannot be opened ({error.strerror})") from None
        self._waits = False

    def take(self) -> bool:
        """Now, or not at all."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    async def come(self) -> None:
        """Returns once it is this process' turn. To be awaited once."""
        loop, came = asyncio.get_running_loop(), asyncio.Event()

        def wait() -> None:
            fcntl.flock(self._handle, fcntl.LOCK_EX)  # no time-out: the kernel wakes one when the holder is gone
            with contextlib.suppress(RuntimeError):  # the loop is closed: this process ends, and its lock with it
                loop.call_soon_threadsafe(came.set)

        self._waits = True
        # of its own and a daemon: nothing interrupts the wait, and a stop must not wait for another process
        threading.Thread(target=wait, name="turn", daemon=True).start()
        await came.wait()
        self._waits = False

    def end(self) -> None:
        """The next one's turn. A handle that a thread waits with stays open until the process ends."""
        if not self._waits and self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
