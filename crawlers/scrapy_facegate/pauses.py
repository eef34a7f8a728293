"""A host's requests wait for as long as the gateway said; other hosts' go on, and nothing waits for good."""

import asyncio
import time
from collections.abc import Callable

FIRST = 1.0  # seconds, where the gateway says nothing
MOST_SLOTS = 10_000  # hosts that are remembered; in a broad crawl they are many


class Pauses:
    """By download slot, which is the host where nobody says otherwise."""

    def __init__(self, longest: float, clock: Callable[[], float] = time.monotonic) -> None:
        """`longest`: seconds that one answer can make a slot wait, whatever it says."""
        self._longest, self._clock = longest, clock
        self._until: dict[str, float] = {}

    def begin(self, slot: str, asked: float | None, attempt: int) -> float:
        """Let `slot` wait for what was asked, and longer with each attempt (the first is 1). Seconds from now."""
        wait = min(self._longest, max(FIRST if asked is None else asked, FIRST * 2.0 ** min(attempt - 1, 16)))
        now = self._clock()
        if len(self._until) >= MOST_SLOTS:
            self._until = {name: until for name, until in self._until.items() if until > now}
        self._until[slot] = max(self._until.get(slot, 0.0), now + wait)
        return wait

    def left(self, slot: str) -> float:
        """Seconds that are left to wait; 0 for most slots at most times."""
        until = self._until.get(slot)
        if until is None:
            return 0.0
        left = until - self._clock()
        if left <= 0:
            del self._until[slot]
        return max(0.0, left)


async def sleep(seconds: float) -> None:
    """With asyncio's loop or any other reactor of Twisted's."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        from twisted.internet import reactor  # not before Scrapy chose one
        from twisted.internet.task import deferLater

        await deferLater(reactor, seconds)
    else:
        await asyncio.sleep(seconds)
