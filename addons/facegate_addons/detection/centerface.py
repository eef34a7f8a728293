"""From CenterFace's maps to boxes: its decode rule and the suppression of doubles, in NumPy.

Rule of the paper (Xu et al., "CenterFace: Joint Face Detection and Alignment Using Face as Point", 2019): the heatmap
has one cell for 4 x 4 pixels; a cell's face is centred at (cell + offset + 0.5) * 4 and measures exp(scale) * 4.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STRIDE = 4
# two boxes that share more than this of their union are one face; CenterFace's own value
OVERLAP = 0.3
# cells looked at in one map at most, best first: suppression compares all pairs, and a hostile picture may light all
CANDIDATES = 300


@dataclass(frozen=True, slots=True)
class Candidate:
    """A box (left, top, right, bottom) in pixels of the network's input, and its score from 0 to 1."""

    box: tuple[float, float, float, float]
    score: float


def decode(
    heat: NDArray[np.float32], scale: NDArray[np.float32], offset: NDArray[np.float32], floor: float
) -> list[Candidate]:
    """Candidates over `floor`, best first. `heat` is (h, w), `scale` and `offset` are (2, h, w): rows, then columns."""
    rows, columns = np.nonzero(heat > floor)
    if not len(rows):
        return []
    scores = heat[rows, columns]
    best = np.argsort(-scores, kind="stable")[:CANDIDATES]
    rows, columns, scores = rows[best], columns[best], scores[best]
    high = np.exp(scale[0, rows, columns]) * STRIDE
    wide = np.exp(scale[1, rows, columns]) * STRIDE
    y = (rows + offset[0, rows, columns] + 0.5) * STRIDE
    x = (columns + offset[1, rows, columns] + 0.5) * STRIDE
    boxes = np.stack([x - wide / 2, y - high / 2, x + wide / 2, y + high / 2], axis=1)
    return [
        Candidate((float(b[0]), float(b[1]), float(b[2]), float(b[3])), float(scores[i]))
        for i in distinct(boxes)
        for b in (boxes[i],)
    ]


def distinct(boxes: NDArray[np.floating]) -> list[int]:
    """Indexes of the boxes that remain when each box that overlaps an earlier one is dropped. `boxes` is (n, 4)."""
    left, top, right, bottom = boxes.T
    areas = (right - left) * (bottom - top)
    alive = np.ones(len(boxes), dtype=bool)
    kept = []
    for i in range(len(boxes)):
        if not alive[i]:
            continue
        kept.append(i)
        w = np.minimum(right[i], right) - np.maximum(left[i], left)
        h = np.minimum(bottom[i], bottom) - np.maximum(top[i], top)
        shared = np.maximum(w, 0) * np.maximum(h, 0)
        alive &= shared < OVERLAP * (areas[i] + areas - shared)
    return kept
