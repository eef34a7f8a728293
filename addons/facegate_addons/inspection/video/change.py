"""Which frames of a clip are worth a look: those that show something new.

Every frame is decoded and compared on a coarse grid, with the frame before it and with the one looked at last. One that
changed where, or more than, the clip's own motion changes it is looked at; and one of each interval is, whatever
changed. docs/video.md says how short a face can stay unseen.
"""

from collections import deque

import numpy as np
from numpy.typing import NDArray

Thumb = NDArray[np.uint8]

INTERVAL = 0.5  # seconds of the clip's own time: no longer goes by without a look
FRAMES = 15  # frames without a look: timestamps are whatever the file says
STILL = 6  # levels; where no cell differs by more from what was looked at, four times as long may go by
PATIENCE = 4
ACROSS = 64  # cells of the grid across the longer side
CHANGED = 16  # levels of a cell's mean, in one colour, that make it a changed one
CELLS = 2  # changed cells that a codec's noise may have
ANOTHER = 1 / 2  # share of the cells that differ from what was looked at last: it is another scene by now
USUAL = 2.0  # times what a cell changes by from frame to frame: more is no motion of before
MORE = 1.0  # times the cells that usually surprise: more is something else
_MEMORY, _RANK = 15, 11  # frames that tell how many cells usually surprise; the 11th smallest is not moved by three
_GROWTH = 16.0  # levels over the usual that count at most towards it: a flash does not make the next one usual


class Watch:
    """One for each stream."""

    def __init__(self) -> None:
        self._before: Thumb | None = None
        self._seen: Thumb | None = None
        self._seen_at: float | None = None
        self._since = 0
        self._usual: NDArray[np.float32] | None = None  # of each cell: how much it changes from frame to frame
        self._surprises: deque[int] = deque([0] * _MEMORY, maxlen=_MEMORY)

    def new(self, thumb: Thumb, at: float | None) -> bool:
        """Is the next frame to be looked at? `at` is its time in seconds, where the file says."""
        before, self._before = self._before, thumb
        self._since += 1
        if before is None or self._seen is None or before.shape != thumb.shape:
            self._usual = None
            return self._look(thumb, at)
        sudden = self._surprises_in(_distance(thumb, before))
        away = _distance(thumb, self._seen)
        another = np.count_nonzero(away > CHANGED) > ANOTHER * away.size
        if sudden or another or self._due(at, PATIENCE if away.max() <= STILL else 1):
            return self._look(thumb, at)
        return False

    def _surprises_in(self, moved: NDArray[np.float32]) -> bool:
        if self._usual is None:
            self._usual = np.zeros_like(moved)
        surprising = int(np.count_nonzero(moved > CHANGED + USUAL * self._usual))
        enough = CELLS + MORE * sorted(self._surprises)[_RANK - 1]
        self._usual += (np.minimum(moved, self._usual + _GROWTH) - self._usual) / _MEMORY
        self._surprises.append(surprising)
        return surprising > enough

    def _due(self, at: float | None, patience: int) -> bool:
        if self._since >= FRAMES * patience:
            return True
        return at is not None and self._seen_at is not None and not 0 <= at - self._seen_at < INTERVAL * patience

    def _look(self, thumb: Thumb, at: float | None) -> bool:
        self._seen, self._seen_at, self._since = thumb, at, 0
        return True


def grid(width: int, height: int) -> tuple[int, int]:
    """Columns and rows for frames of a size: cells about as wide as high."""
    longer = max(width, height)
    return max(4, round(ACROSS * width / longer)), max(4, round(ACROSS * height / longer))


def _distance(one: Thumb, other: Thumb) -> NDArray[np.float32]:
    """Of each cell, in the colour that differs most."""
    return np.abs(one.astype(np.float32) - other).max(axis=-1)
