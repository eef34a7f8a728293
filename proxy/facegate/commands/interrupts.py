"""For commands that leave something behind unless they end in order."""

import signal
from typing import Any, NoReturn


def interrupted_by_all() -> None:
    """SIGTERM and SIGHUP are from now on what Ctrl-C is: a KeyboardInterrupt, by which everything is put away."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)


def _interrupt(*_: Any) -> NoReturn:
    raise KeyboardInterrupt
