"""Faces covered beyond recovery: of each grown box nothing stays but one gray, or 4 x 4 averages. Pure pixels."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from facegate_addons.domain.model import Cover

VERSION = "1"  # raise it when a change here can change the redacted bytes

Box = tuple[int, int, int, int]  # left, top, right, bottom, in whole pixels

# The numbers are measured: docs/detector.md, "Redaction".
MARGIN = 0.3  # of the box's longer side, added on each of its sides: hair, ears and chin
# of the threshold that decides: in a picture with a face, everything is covered that scores this share of it
SEARCH = 0.5
SOLID = 128  # one gray for all: not even the average of what was there
CELLS = 4  # of a mosaic, a side; in 6 other detectors still found a face, one time in thirty
# pixels that a cell's side needs: fewer, and the cell would be the pixels themselves
CELL = 4
LEVELS = 16  # values that a cell's average may take, a channel


def grown(box: Box, width: int, height: int) -> Box:
    """`box` with its margin, inside a picture of `width` x `height`; empty when it lies outside."""
    left, top, right, bottom = box
    more = max(CELL, round(max(right - left, bottom - top) * MARGIN))
    return (
        min(max(0, left - more), width),
        min(max(0, top - more), height),
        max(0, min(width, right + more)),
        max(0, min(height, bottom + more)),
    )


def cover(pixels: NDArray[np.uint8], boxes: Iterable[Box], how: Cover) -> None:
    """Cover the grown `boxes` of `pixels` in place: (h, w, 3) RGB or (h, w, 4) RGBA, opaque there afterwards."""
    height, width = pixels.shape[:2]
    for box in boxes:
        left, top, right, bottom = grown(box, width, height)
        if right <= left or bottom <= top:
            continue
        part = pixels[top:bottom, left:right]
        part[...] = SOLID if how is Cover.SOLID else _mosaic(part)
        part[..., 3:] = 255


def _mosaic(part: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Each cell its average, in `LEVELS` steps. Sums are exact, so nothing but the average of a cell counts."""
    rows, columns = _starts(part.shape[0]), _starts(part.shape[1])
    sums = np.add.reduceat(np.add.reduceat(part.astype(np.int64), rows, axis=0), columns, axis=1)
    high, wide = np.diff([*rows, part.shape[0]]), np.diff([*columns, part.shape[1]])
    areas = np.outer(high, wide)[..., None]
    step = 256 // LEVELS
    cells = (sums // areas // step * step + step // 2).astype(np.uint8)
    return np.repeat(np.repeat(cells, high, axis=0), wide, axis=1)


def _starts(length: int) -> list[int]:
    """Where the cells of one side begin."""
    cells = max(1, min(CELLS, length // CELL))
    return [length * number // cells for number in range(cells)]
