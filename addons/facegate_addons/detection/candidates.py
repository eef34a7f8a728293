"""What a network proposes in one picture: boxes with scores, best first, doubles suppressed."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

# two boxes that share more than this of their union are one face; CenterFace's own value, and YuNet's in OpenCV
OVERLAP = 0.3
# cells looked at in one picture at most, best first: suppression compares all pairs, and a hostile one may light all
CANDIDATES = 300


@dataclass(frozen=True, slots=True)
class Candidate:
    """A box (left, top, right, bottom) in pixels of the network's input, and its score from 0 to 1."""

    box: tuple[float, float, float, float]
    score: float


class Look(Protocol):
    """What a network saw in one picture. Nothing is decoded before it is asked for."""

    def candidates(self, floor: float, most: int | None = None) -> list[Candidate]:
        """Those over `floor`, best first, `most` at most."""
        ...

    def best(self) -> float:
        """The highest score anywhere."""
        ...

    def centre(self) -> float:
        """The highest score in the middle half of each side: what stands at the edges is another face, or none."""
        ...


def middle(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of a map (h, w) the part that `centre` looks at."""
    h, w = scores.shape
    return scores[h // 4 : h - h // 4, w // 4 : w - w // 4]


def strongest(scores: NDArray[np.float32], floor: float) -> NDArray[np.intp]:
    """Indexes into `scores` (n) of those over `floor`, best first, earlier ones before equal ones; bounded."""
    (over,) = np.nonzero(scores > floor)
    return over[np.argsort(-scores[over], kind="stable")[:CANDIDATES]]


def separate(boxes: NDArray[np.floating], scores: NDArray[np.float32], most: int | None) -> list[Candidate]:
    """Candidates of `boxes` (n, 4), best first, without doubles."""
    kept = ((boxes[i], scores[i]) for i in distinct(boxes, most))
    return [Candidate((float(b[0]), float(b[1]), float(b[2]), float(b[3])), float(score)) for b, score in kept]


def shared(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> float:
    """The share of their union that two boxes have in common (IoU), 0 to 1."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    if wide <= 0 or high <= 0:
        return 0.0
    areas = ((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return wide * high / (sum(areas) - wide * high)


def distinct(boxes: NDArray[np.floating], most: int | None = None) -> list[int]:
    """Indexes of the boxes that remain when each box that overlaps an earlier one is dropped. `boxes` is (n, 4)."""
    left, top, right, bottom = boxes.T
    areas = (right - left) * (bottom - top)
    alive = np.ones(len(boxes), dtype=bool)
    kept: list[int] = []
    for i in range(len(boxes)):
        if len(kept) == most:
            break
        if not alive[i]:
            continue
        kept.append(i)
        w = np.minimum(right[i], right) - np.maximum(left[i], left)
        h = np.minimum(bottom[i], bottom) - np.maximum(top[i], top)
        shared = np.maximum(w, 0) * np.maximum(h, 0)
        alive &= shared < OVERLAP * (areas[i] + areas - shared)
    return kept
