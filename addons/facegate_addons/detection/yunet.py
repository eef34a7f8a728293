"""From YuNet's maps to boxes: its decode rule, in NumPy.

Rule of OpenCV's FaceDetectorYN and of libfacedetection.train (Wu et al., "YuNet: A Tiny Millisecond-level Face
Detector", 2023): one anchor for 8 x 8, 16 x 16 and 32 x 32 pixels each, row by row. Its score is the geometric mean of
`cls` and `obj`, each held to 0 and 1; its face is centred at (cell + the first two of `bbox`) * stride and measures
exp(the last two) * stride.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from facegate_addons.detection.candidates import Candidate, Look, middle, separate, strongest

STRIDES = (8, 16, 32)


class YuNetLook:
    """Three maps each, finest first: `cls` and `obj` are (h, w), `boxes` are (h, w, 4)."""

    def __init__(
        self,
        cls: Sequence[NDArray[np.float32]],
        obj: Sequence[NDArray[np.float32]],
        boxes: Sequence[NDArray[np.float32]],
    ) -> None:
        self._cls, self._obj, self._boxes = cls, obj, boxes

    @cached_property
    def _scores(self) -> list[NDArray[np.float32]]:
        return [np.sqrt(c.clip(0, 1) * o.clip(0, 1)) for c, o in zip(self._cls, self._obj, strict=True)]

    def candidates(self, floor: float, most: int | None = None) -> list[Candidate]:
        scores = np.concatenate([level.ravel() for level in self._scores])
        best = strongest(scores, floor)
        if not len(best):
            return []
        at = np.concatenate([_cells(level.shape, stride) for level, stride in zip(self._cls, STRIDES, strict=True)])
        raw = np.concatenate([level.reshape(-1, 4) for level in self._boxes])
        (column, row, stride), (dx, dy, wide, high) = at[best].T, raw[best].T
        x, y = (column + dx) * stride, (row + dy) * stride
        half_wide, half_high = np.exp(wide) * stride / 2, np.exp(high) * stride / 2
        boxes = np.stack([x - half_wide, y - half_high, x + half_wide, y + half_high], axis=1)
        return separate(boxes, scores[best], most)

    def best(self) -> float:
        return max(float(level.max()) for level in self._scores)

    def centre(self) -> float:
        return max(float(middle(level).max()) for level in self._scores)


def _cells(shape: tuple[int, ...], stride: int) -> NDArray[np.float32]:
    """(h * w, 3): column, row and stride of each cell of a map (h, w), row by row."""
    row, column = np.indices(shape, dtype=np.float32).reshape(2, -1)
    return np.stack([column, row, np.full_like(row, stride)], axis=1)


def shapes(n: int, height: int, width: int) -> list[tuple[int, ...]]:
    """Of cls, obj and bbox, finest first each, for `n` pictures of that size."""
    cells = [(height // stride) * (width // stride) for stride in STRIDES]
    return [(n, count, numbers) for numbers in (1, 1, 4) for count in cells]


def looks(maps: Sequence[NDArray[np.float32]], height: int, width: int) -> list[Look]:
    """One look for each picture of the batch. `maps` are of `shapes`."""
    levels = [
        level.reshape(len(level), height // stride, width // stride, -1)
        for level, stride in zip(maps, STRIDES * 3, strict=True)
    ]
    return [
        YuNetLook([c[i, ..., 0] for c in levels[:3]], [o[i, ..., 0] for o in levels[3:6]], [b[i] for b in levels[6:]])
        for i in range(len(maps[0]))
    ]
