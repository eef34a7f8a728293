"""From CenterFace's maps to boxes: its decode rule, in NumPy.

Rule of the paper (Xu et al., "CenterFace: Joint Face Detection and Alignment Using Face as Point", 2019): the heatmap
has one cell for 4 x 4 pixels; a cell's face is centred at (cell + offset + 0.5) * 4 and measures exp(scale) * 4.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from facegate_addons.detection.candidates import Candidate, Look, middle, separate, strongest

STRIDE = 4


class CenterFaceLook:
    """`heat` is (h, w), `scale` and `offset` are (2, h, w): rows, then columns."""

    def __init__(self, heat: NDArray[np.float32], scale: NDArray[np.float32], offset: NDArray[np.float32]) -> None:
        self._heat, self._scale, self._offset = heat, scale, offset

    def candidates(self, floor: float, most: int | None = None) -> list[Candidate]:
        cells = strongest(self._heat.ravel(), floor)
        if not len(cells):
            return []
        rows, columns = np.unravel_index(cells, self._heat.shape)
        high = np.exp(self._scale[0, rows, columns]) * STRIDE
        wide = np.exp(self._scale[1, rows, columns]) * STRIDE
        y = (rows + self._offset[0, rows, columns] + 0.5) * STRIDE
        x = (columns + self._offset[1, rows, columns] + 0.5) * STRIDE
        boxes = np.stack([x - wide / 2, y - high / 2, x + wide / 2, y + high / 2], axis=1)
        return separate(boxes, self._heat[rows, columns], most)

    def best(self) -> float:
        return float(self._heat.max())

    def centre(self) -> float:
        return float(middle(self._heat).max())


def shapes(n: int, height: int, width: int) -> list[tuple[int, ...]]:
    """Of heatmap, scale and offset, for `n` pictures of that size."""
    return [(n, channels, height // STRIDE, width // STRIDE) for channels in (1, 2, 2)]


def looks(maps: Sequence[NDArray[np.float32]], height: int, width: int) -> list[Look]:
    """One look for each picture of the batch. `maps` are of `shapes`."""
    heat, scale, offset = maps
    return [CenterFaceLook(heat[i, 0], scale[i], offset[i]) for i in range(len(heat))]
