"""Which sizes and which parts of a picture are looked at. Pure geometry; docs/detector.md has the measurements.

All boxes are in pixels of the original. Sizes follow from `min_face`, the shorter side in pixels of the smallest face
that has to be found: the coarse pass shows it just large enough to raise a doubt, the fine pass and the tiles large
enough to be proposed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil

VERSION = "4"  # raise it when a change in this folder can change a verdict

Box = tuple[float, float, float, float]

DOUBTFUL = 10.0  # pixels of the smallest face in the coarse pass: 20-pixel faces still score over DULL there
COARSE_LEAST, COARSE_MOST = 192, 500  # longest side of the coarse pass
OVERVIEW = 320  # longest side of the coarse pass before tiles: it only has to see what is large
FINE_LEAST, FINE_MOST = 480, 600  # longest side of the fine pass: 480 found 1.9 points more at 1 % than 320
ENLARGE = 4.0  # a picture is enlarged at most so much; beyond that there is nothing more to see
# Pixels that the shorter side of a face needs to be proposed. A tight portrait of 30 pixels is shown 18 wide at 12, and
# seen in few tiles; at 14 in all of them.
VISIBLE = 14.0
TILE = 480  # side of a tile at most, in pixels as the network sees it
GRAIN = 32  # of which sides of a tile are a multiple: networks are shown black beyond their picture up to one
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
    """Tiles that overlap by two faces of `min_face` at least; none when the fine pass shows them."""
    if not tiled(width, height, min_face):
        return
    scale = min(1.0, VISIBLE / min_face)
    for top, bottom in _spans(height, scale, 2 * min_face):
        for left, right in _spans(width, scale, 2 * min_face):
            size = (max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale)))
            yield View((left, top, right, bottom), size)


def _spans(length: float, scale: float, overlap: float) -> Iterator[tuple[float, float]]:
    """Where the tiles of one side begin and end: as few as there have to be, all of one length, and that as short as
    they allow. What the network is shown beyond their overlap it would be shown twice."""
    count = max(1, ceil((length - overlap) / (TILE / scale - overlap)))
    shown = ceil((length + (count - 1) * overlap) / count * scale / GRAIN) * GRAIN
    side = min(min(shown, TILE) / scale, length)
    for number in range(count):
        start = (length - side) * number / max(1, count - 1)
        yield start, start + side if number < count - 1 else length


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
