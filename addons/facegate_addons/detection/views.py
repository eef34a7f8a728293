"""Which sizes and which parts of a picture are looked at. Pure geometry; docs/detector.md has the measurements.

All boxes are in pixels of the original. Sizes follow from `min_face`, the shorter side in pixels of the smallest face
that has to be found: the coarse pass shows it just large enough to raise a doubt, the fine pass and the tiles large
enough to be proposed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

VERSION = "3"  # raise it when a change in this folder can change a verdict

Box = tuple[float, float, float, float]

DOUBTFUL = 10.0  # pixels of the smallest face in the coarse pass: 20-pixel faces still score over DULL there
COARSE_LEAST, COARSE_MOST = 192, 500  # longest side of the coarse pass
OVERVIEW = 320  # longest side of the coarse pass before tiles: it only has to see what is large
FINE_LEAST, FINE_MOST = 480, 600  # longest side of the fine pass: 480 found 1.9 points more at 1 % than 320
ENLARGE = 4.0  # a picture is enlarged at most so much; beyond that there is nothing more to see
# pixels that the shorter side of a face needs to be proposed: at 10 a face of 30 pixels on a 4k canvas was missed
VISIBLE = 12.0
TILE = 480  # side of a tile, in pixels as the network sees it
ELONGATED = 2.2  # longer by shorter side: beyond it the picture may be a squashed one, and is also shown as 4 : 3
CLOSE, MARGIN = 160, 2.5  # side of a closer look, and how much of the proposal's longer side it takes in
CONTEXT, CONTEXT_SCALE = 192, 4 / 3  # side of the look with its surroundings, and its scale by that of the fine pass


@dataclass(frozen=True, slots=True)
class View:
    """The part (left, top, right, bottom) of the picture in its pixels, shown as size (width, height)."""

    box: Box
    size: tuple[int, int]

    @property
    def scale(self) -> tuple[float, float]:
        """Shown pixels per pixel of the picture: across, down."""
        left, top, right, bottom = self.box
        return self.size[0] / (right - left), self.size[1] / (bottom - top)

    def out(self, box: Box) -> Box:
        """A box in shown pixels, in pixels of the picture."""
        across, down = self.scale
        left, top = self.box[:2]
        return (left + box[0] / across, top + box[1] / down, left + box[2] / across, top + box[3] / down)

    def into(self, box: Box) -> Box:
        """A box in pixels of the picture, in shown pixels."""
        across, down = self.scale
        left, top = self.box[:2]
        return ((box[0] - left) * across, (box[1] - top) * down, (box[2] - left) * across, (box[3] - top) * down)


def _whole(width: float, height: float, side: float) -> View:
    scale = min(side / max(width, height), ENLARGE)
    return View((0.0, 0.0, width, height), (max(1, round(width * scale)), max(1, round(height * scale))))


def tiled(width: float, height: float, min_face: float) -> bool:
    """Would the smallest face vanish in the fine pass?"""
    return FINE_MOST / max(width, height) < min(1.0, VISIBLE / min_face)


def coarse(width: float, height: float, min_face: float) -> View:
    if tiled(width, height, min_face):
        return _whole(width, height, OVERVIEW)
    side = max(width, height) * DOUBTFUL / min_face
    return _whole(width, height, min(max(side, COARSE_LEAST), COARSE_MOST))


def coarse_scale(width: float, height: float, min_face: float) -> float:
    """How much of an original's resolution the coarse pass needs, at most 1."""
    return min(1.0, coarse(width, height, min_face).scale[0])


def unsquashed(view: View) -> View | None:
    """The same part shown as 4 : 3 (or 3 : 4) when it is much longer than that. 3 times squashed, 8 of 100 faces
    raise no doubt in the coarse pass."""
    wide, high = view.size
    if max(wide, high) < ELONGATED * min(wide, high):
        return None
    short = max(1, round(max(wide, high) * 0.75))
    return replace(view, size=(wide, short) if wide > high else (short, high))


def fine(width: float, height: float, min_face: float) -> View:
    side = max(width, height) * VISIBLE / min_face
    return _whole(width, height, min(max(side, FINE_LEAST), FINE_MOST))


def needed_scale(width: float, height: float, min_face: float) -> float:
    """How much of an original's resolution the fine pass, the tiles and the closer looks need, at most 1."""
    return min(1.0, max(FINE_LEAST * CONTEXT_SCALE / max(width, height), VISIBLE / min_face))


def tiles(width: float, height: float, min_face: float) -> Iterator[View]:
    """Tiles that overlap by two faces of `min_face`; none when the fine pass shows them."""
    if not tiled(width, height, min_face):
        return
    scale = min(1.0, VISIBLE / min_face)
    side = TILE / scale
    step = side - 2 * min_face
    for top in _starts(height, side, step):
        for left in _starts(width, side, step):
            right, bottom = min(left + side, width), min(top + side, height)
            size = (max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale)))
            yield View((left, top, right, bottom), size)


def _starts(length: float, side: float, step: float) -> Iterator[float]:
    start = 0.0
    while True:
        yield start
        if start + side >= length:
            return
        start = min(start + step, length - side)


def close(box: Box, stretch: float = 1.0) -> View:
    """A square around a proposal, which may reach beyond the picture; with `stretch` times as wide pixels."""
    left, top, right, bottom = box
    half = max((right - left) * stretch, bottom - top, 4.0) * MARGIN / 2
    return _around(box, half / stretch, half, CLOSE)


def context(box: Box, scale: float, stretch: float = 1.0) -> View:
    """A proposal with what is around it, at a somewhat larger scale than the pass that proposed it."""
    half = CONTEXT / (scale * CONTEXT_SCALE) / 2
    return _around(box, half / stretch, half, CONTEXT)


def _around(box: Box, across: float, down: float, side: int) -> View:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return View((x - across, y - down, x + across, y + down), (side, side))
