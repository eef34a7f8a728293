"""A console for whose sessions a second is ten minutes: what ends after half an hour does within seconds."""

import time

from facegate.console.__main__ import main
from facegate.console.sessions import Sessions

FASTER = 600.0


def _hasty() -> float:
    return time.monotonic() * FASTER


if __name__ == "__main__":
    Sessions.__init__.__defaults__ = (_hasty,)  # type: ignore[misc]
    main()
