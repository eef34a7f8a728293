"""A child's side of its two pipes: tell the supervisor, and stop when it is gone."""

import asyncio
import contextlib
import os
import signal


def tell(status_fd: int, line: str) -> None:
    """ "ready", or in one line why not. A supervisor that is gone already needs no word."""
    with contextlib.suppress(OSError):
        os.write(status_fd, (" ".join(line.split()) + "\n").encode())
        os.close(status_fd)


class Stop(asyncio.Event):
    """Set by SIGTERM, SIGINT, or the end of the supervisor. Needs a running loop."""

    def __init__(self, life_fd: int) -> None:
        super().__init__()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.set)
        os.set_blocking(life_fd, False)
        loop.add_reader(life_fd, self._lifeline, life_fd)

    def _lifeline(self, life_fd: int) -> None:
        asyncio.get_running_loop().remove_reader(life_fd)
        self.set()
