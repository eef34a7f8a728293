"""A child's side of its two pipes: tell the supervisor, and stop when it is gone."""

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Callable


def tell(status_fd: int, line: str) -> None:
    """ "ready", or in one line why not. A supervisor that is gone already needs no word."""
    with contextlib.suppress(OSError):
        os.write(status_fd, (" ".join(line.split()) + "\n").encode())
        os.close(status_fd)


def when_orphaned(life_fd: int, then: Callable[[], object]) -> None:
    """Call `then`, in a thread of its own, once the supervisor is gone: its end of the life line closes with it."""

    def follow() -> None:
        os.read(life_fd, 1)  # nothing is ever written; this returns at the end
        then()

    threading.Thread(target=follow, name="lifeline", daemon=True).start()


class Stop(asyncio.Event):
    """Set by SIGTERM, SIGINT, or the end of the supervisor. Needs a running loop."""

    def __init__(self, life_fd: int) -> None:
        super().__init__()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.set)
        when_orphaned(life_fd, lambda: loop.call_soon_threadsafe(self.set))
