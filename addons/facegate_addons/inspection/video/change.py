"""Which frames of a clip are worth a look: those that show something new.

Every frame is decoded and compared on a coarse grid, with the frame before it and with the one looked at last. One that
changed more than the clip's own motion is looked at; and one of each interval is, whatever changed.
docs/video.md says how short a face can stay unseen.
"""

from collections import deque

import numpy as np
from numpy.typing import NDArray

Thumb = NDArray[np.uint8]

INTERVAL = 0.5  # seconds of the clip's own time: no longer goes by without a look
FRAMES = 15  # frames without a look: timestamps are whatever the file says
ACROSS = 64  # cells of the grid across the longer side
CHANGED = 16  # levels of a cell's mean, in one colour, that make it a changed one
CELLS = 4  # changed cells that no codec's noise has: 2 by 2 of them
ANOTHER = 1 / 3  # share of the cells that differ from what was looked at last: it is another scene by now
USUAL = 2.0  # times the motion of the frames before: more is no motion
_MEMORY, _RANK = 15, 11  # frames that tell the usual motion; the 11th smallest is not moved by three flashes


class Watch:
    """One for each stream."""

    def __init__(self) -> None:
        self._before: Thumb | None = None
        self._seen: Thumb | None = None
        self._seen_at: float | None = None
        self._since = 0
        self._motion: deque[int] = deque(maxlen=_MEMORY)

    def new(self, thumb: Thumb, at: float | None) -> bool:
        """Is the next frame to be looked at? `at` is its time in seconds, where the file says."""
        before, self._before = self._before, thumb
        self._since += 1
        if before is None or self._seen is None or before.shape != thumb.shape or self._due(at):
            return self._look(thumb, at)
        moved = _changed(thumb, before)
        usual = sorted(self._motion)[-(_MEMORY - _RANK + 1)] if len(self._motion) == _MEMORY else 0
        self._motion.append(moved)
        if moved > CELLS + USUAL * usual or _changed(thumb, self._seen) > ANOTHER * thumb[..., 0].size:
            return self._look(thumb, at)
        return False

    def _due(self, at: float | None) -> bool:
        if self._since >= FRAMES:
            return True
        return at is not None and self._seen_at is not None and not 0 <= at - self._seen_at < INTERVAL

    def _look(self, thumb: Thumb, at: float | None) -> bool:
        self._seen, self._seen_at, self._since = thumb, at, 0
        return True


def grid(width: int, height: int) -> tuple[int, int]:
    """Columns and rows for frames of a size: cells about as wide as high."""
    longer = max(width, height)
    return max(4, round(ACROSS * width / longer)), max(4, round(ACROSS * height / longer))


def _changed(one: Thumb, other: Thumb) -> int:
    differ = np.abs(one.astype(np.int16) - other) > CHANGED
    return int(np.count_nonzero(differ.any(axis=-1)))
