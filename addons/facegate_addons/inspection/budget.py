"""What one body may still cost. One object goes through the whole walk; each limit that is hit has its own reason."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from facegate_addons.domain.limits import Limits
from facegate_addons.domain.reasons import Reason

# pixels of all pictures of a body together, as a multiple of what one may have: an animation of a thousand frames of
# 1 Mpx is ordinary, and beyond that the limit on seconds decides anyway
TOTAL = 10


class Unread(Exception):
    """Why a body, or a part of it, could not be looked at. Raised inside inspection, never out of it."""

    def __init__(self, why: Reason, detail: str = ""):
        super().__init__(why, detail)
        self.why = why
        self.detail = detail


class Spent(Unread):
    """A limit of the whole body: nothing more of it is looked at."""


class Budget:
    """Every method raises Spent when its limit is hit; of what is too large by itself, Unread."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic):
        self.limits = limits
        self._clock = clock
        self._deadline = clock() + limits.seconds
        self._decoded = self._members = self._frames = self._pixels = self._depth = 0

    def tick(self) -> None:
        """Between steps: is there time left?"""
        if self._clock() > self._deadline:
            raise Spent(Reason.LIMIT_TIME)

    def again(self) -> "Budget":
        """For another look at the same body: the same limits anew, within what is left of the same time."""
        other = Budget(self.limits, self._clock)
        other._deadline = self._deadline
        return other

    @property
    def left(self) -> float:
        """Seconds; negative when time is up."""
        return self._deadline - self._clock()

    @property
    def room(self) -> int:
        """Bytes that may still be decoded."""
        return self.limits.decoded - self._decoded

    @property
    def nested(self) -> bool:
        """Is what is looked at inside a container?"""
        return self._depth > 1

    def decoded(self, size: int) -> None:
        self._decoded += size
        if self._decoded > self.limits.decoded:
            raise Spent(Reason.LIMIT_DECODED)
        self.tick()

    def member(self) -> None:
        self._members += 1
        if self._members > self.limits.members:
            raise Spent(Reason.LIMIT_MEMBERS)
        self.tick()

    def file(self) -> None:
        """Another picture file begins: its frames are counted anew, its pixels go on."""
        self._frames = 0

    def frame(self, width: int, height: int) -> None:
        """Before a frame is decoded: `width` and `height` as its header says. A frame too large is Unread by itself."""
        if width * height > self.limits.pixels:
            raise Unread(Reason.LIMIT_PIXELS)
        self._frames += 1
        self._pixels += width * height
        if self._frames > self.limits.frames:
            raise Spent(Reason.LIMIT_FRAMES)
        if self._pixels > TOTAL * self.limits.pixels:
            raise Spent(Reason.LIMIT_PIXELS)
        self.tick()

    @contextmanager
    def inside(self) -> Iterator[None]:
        """One container deeper."""
        if self._depth >= self.limits.depth:
            raise Spent(Reason.LIMIT_DEPTH)
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
