"""A picture that uses little of its range is also looked at as if it used all of it: dark, faint and faded ones."""

import numpy as np
from numpy.typing import NDArray

NARROW = 64  # levels of 256 that all but the outermost pixels of the picture use
OUTERMOST = 0.005  # share of the pixels at either end that count as stray
ENOUGH = 100  # rows and columns that tell as much as all


def lift(rgb: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """A table (256) from levels to lifted ones; None when the picture (h, w, 3) uses enough of its range."""
    step = max(1, min(rgb.shape[:2]) // ENOUGH)
    levels = np.bincount(rgb[::step, ::step].ravel(), minlength=256).cumsum()
    low, high = np.searchsorted(levels, (levels[-1] * OUTERMOST, levels[-1] * (1 - OUTERMOST)))
    if high - low >= NARROW or high == low:
        return None
    lifted = (np.arange(256) - low) * (255 / (high - low))
    table: NDArray[np.uint8] = np.clip(np.round(lifted), 0, 255).astype(np.uint8)
    return table
