"""A picture that uses little of its range is also looked at as if it used all of it: dark, faint and faded ones."""

import numpy as np
from numpy.typing import NDArray

NARROW = 64  # levels of 256 that all but the outermost pixels of the picture use
OUTERMOST = 0.005  # share of the pixels at either end that count as stray
# Of a larger picture every third row and every seventh column tell as much as all: a regular pattern counts its share.
LARGE, ROWS, COLUMNS = 100, 3, 7


def lift(rgb: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """A table (256) from levels to lifted ones; None when the picture (h, w, 3) uses enough of its range."""
    if min(rgb.shape[:2]) > LARGE:
        rgb = rgb[::ROWS, ::COLUMNS]
    levels = np.bincount(rgb.ravel(), minlength=256).cumsum()
    low, high = np.searchsorted(levels, (levels[-1] * OUTERMOST, levels[-1] * (1 - OUTERMOST)))
    if high - low >= NARROW or high == low:
        return None
    lifted = (np.arange(256) - low) * (255 / (high - low))
    table: NDArray[np.uint8] = np.clip(np.round(lifted), 0, 255).astype(np.uint8)
    return table
