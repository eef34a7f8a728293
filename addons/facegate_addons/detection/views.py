"""Which sizes and which parts of a picture are looked at. Pure geometry; every number with its reason.

1. A coarse pass over the whole picture.
2. Where a face of `min_face` would vanish in it: tiles at the scale that keeps such a face visible.
3. A second, closer look at the best proposals of both.
"""

from collections.abc import Iterator
from dataclasses import dataclass

VERSION = "1"  # raise it when a change here, in centerface.py or in faces.py can change a verdict

COARSE = 480  # longest side of the coarse pass: 1.9 points more recall at 1 % than 320 (docs/detector.md)
ENLARGE = 4.0  # a picture is enlarged at most so much for it; beyond that there is nothing more to see
# pixels that the shorter side of a face needs to be proposed: at 10 a face of 30 pixels on a 4k canvas was missed
VISIBLE = 12.0
TILE = 480  # side of a tile, in pixels as the network sees it
CLOSE = 160  # side of the second look
MARGIN = 2.5  # of the proposal's longer side: how much around it the second look takes in


@dataclass(frozen=True, slots=True)
class View:
    """The part (left, top, right, bottom) of the picture in its pixels, shown as size (width, height)."""

    box: tuple[float, float, float, float]
    size: tuple[int, int]


def needed_scale(width: int, height: int, min_face: int) -> float:
    """How much of an original's resolution is needed, at most 1: enough for the coarse pass, and for `min_face`."""
    return min(1.0, max(COARSE / max(width, height), VISIBLE / min_face))


def _coarse_scale(width: int, height: int) -> float:
    return min(COARSE / max(width, height), ENLARGE)


def coarse(width: int, height: int) -> View:
    scale = _coarse_scale(width, height)
    return View((0, 0, width, height), (max(1, round(width * scale)), max(1, round(height * scale))))


def tiles(width: int, height: int, min_face: float) -> Iterator[View]:
    """Tiles that overlap by two faces of `min_face` (in the picture's pixels); none when the coarse pass shows them."""
    scale = min(1.0, VISIBLE / min_face)
    if _coarse_scale(width, height) >= 0.8 * scale:
        return
    side = TILE / scale
    step = side - 2 * min_face
    for top in _starts(height, side, step):
        for left in _starts(width, side, step):
            right, bottom = min(left + side, width), min(top + side, height)
            size = (max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale)))
            yield View((left, top, right, bottom), size)


def _starts(length: int, side: float, step: float) -> Iterator[float]:
    start = 0.0
    while True:
        yield start
        if start + side >= length:
            return
        start = min(start + step, length - side)


def close(box: tuple[float, float, float, float]) -> View:
    """A square around a proposal. It may reach beyond the picture's edges."""
    left, top, right, bottom = box
    half = max(right - left, bottom - top, 4.0) * MARGIN / 2
    x, y = (left + right) / 2, (top + bottom) / 2
    return View((x - half, y - half, x + half, y + half), (CLOSE, CLOSE))
