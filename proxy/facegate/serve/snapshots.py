"""The shared log does not grow for ever, and forgets what was destroyed: a snapshot a day, or more of them."""

import time
from datetime import timedelta
from typing import Any, Final

from facegate.sections import State
from facegate.serve.periodic import every
from facegate.shared import snapshot
from facegate.shared.log import Log, facts
from facegate.shared.node import log_opened
from facegate.state.home import Home

PERIOD: Final = 60.0  # seconds between two looks
MOST: Final = 10_000  # changes since the last; about 10 MB, which a new node runs in seconds
OLDEST: Final = timedelta(days=1)


async def snapping(home: Home, settings: State, period: float = PERIOD) -> None:
    await every(period, lambda: snap(home, settings), "taking a snapshot")


def snap(home: Home, settings: State) -> bool:
    """Whether one was due and taken. Where two nodes take one at once, the second is thrown away."""
    with log_opened(home, settings) as (log, seal):
        return due(log, time.time()) and snapshot.publish(log, seal, home.database)


def due(log: Log, now: float) -> bool:
    seen = log.read(0)
    last: dict[str, Any] = facts(seen.snapshot)
    since = seen.place.position - last.get("position", 0)
    return bool(since >= MOST or (since > 0 and now - last.get("at", 0.0) >= OLDEST.total_seconds()))
