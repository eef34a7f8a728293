import numpy as np
import pytest
from facegate_addons.detection import redact
from facegate_addons.detection.redact import CELL, CELLS, LEVELS, MARGIN, SOLID, cover, grown
from facegate_addons.domain.model import Cover
from hypothesis import given
from hypothesis import strategies as st

BOTH = pytest.mark.parametrize("how", Cover)


def noise(height, width, channels=3, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), dtype=np.uint8)


def test_a_box_grows_by_its_longer_side_on_all_sides():
    more = round(40 * MARGIN)
    assert grown((100, 100, 120, 140), 400, 400) == (100 - more, 100 - more, 120 + more, 140 + more)
    assert grown((100, 100, 101, 101), 400, 400) == (100 - CELL, 100 - CELL, 101 + CELL, 101 + CELL)


def test_a_box_stays_inside_the_picture():
    assert grown((-20, -20, 30, 30), 50, 40)[:2] == (0, 0)
    assert grown((20, 10, 90, 90), 50, 40)[2:] == (50, 40)
    for box in ((500, 500, 540, 540), (-90, -90, -50, -50)):
        left, top, right, bottom = grown(box, 50, 40)
        assert right <= left or bottom <= top


@BOTH
def test_what_lies_outside_is_untouched(how):
    pixels = noise(120, 160)
    before, (left, top, right, bottom) = pixels.copy(), grown((40, 30, 80, 70), 160, 120)
    cover(pixels, [(40, 30, 80, 70)], how)
    outside = np.ones((120, 160), dtype=bool)
    outside[top:bottom, left:right] = False
    assert (pixels[outside] == before[outside]).all()
    assert (pixels[~outside] != before[~outside]).any()


def test_a_solid_cover_is_one_colour():
    pixels = noise(120, 160)
    cover(pixels, [(40, 30, 80, 70)], Cover.SOLID)
    left, top, right, bottom = grown((40, 30, 80, 70), 160, 120)
    assert (pixels[top:bottom, left:right] == SOLID).all()


@pytest.mark.parametrize("side", [1, 2, 5, 8, 11, 24, 100, 333])
def test_a_mosaic_has_few_cells_of_several_pixels_each(side):
    pixels = noise(400, 400)
    left, top, right, bottom = grown((20, 20, 20 + side, 20 + side), 400, 400)
    cover(pixels, [(20, 20, 20 + side, 20 + side)], Cover.MOSAIC)
    part = pixels[top:bottom, left:right]
    for axis in (0, 1):
        changes = np.flatnonzero(np.diff(part.astype(int), axis=axis).any(axis=(1 - axis, 2)))
        assert len(changes) < CELLS
        assert (np.diff([-1, *changes, part.shape[axis] - 1]) >= CELL).all()
    assert len(np.unique(part)) <= LEVELS


def test_a_cell_shows_its_average():
    pixels = np.full((400, 400, 3), (10, 100, 250), dtype=np.uint8)
    cover(pixels, [(100, 100, 200, 200)], Cover.MOSAIC)
    assert np.abs(pixels[150, 150].astype(int) - (10, 100, 250)).max() <= 256 // LEVELS // 2


@BOTH
def test_a_cover_is_opaque(how):
    pixels = noise(60, 60, channels=4)
    cover(pixels, [(20, 20, 40, 40)], how)
    left, top, right, bottom = grown((20, 20, 40, 40), 60, 60)
    assert (pixels[top:bottom, left:right, 3] == 255).all()


sides = st.integers(1, 90)
places = st.integers(-40, 120)
boxes = st.builds(lambda x, y, w, h: (x, y, x + w, y + h), places, places, sides, sides)
shapes = st.tuples(sides, sides, st.sampled_from([3, 4]))


@given(shapes, st.lists(boxes, max_size=5), st.integers(0, 9))
def test_nothing_under_a_solid_cover_counts(shape, found, seed):
    one, other = noise(*shape, seed=seed), noise(*shape, seed=seed)
    for box in found:
        left, top, right, bottom = grown(box, shape[1], shape[0])
        other[top:bottom, left:right] = noise(*shape, seed=seed + 1)[top:bottom, left:right]
    cover(one, found, Cover.SOLID)
    cover(other, found, Cover.SOLID)
    assert (one == other).all()


@given(shapes, boxes, st.lists(boxes, max_size=3), st.integers(0, 9))
def test_nothing_but_a_cells_average_counts(shape, box, more, seed):
    """Pixels that change places inside their cell, as noise of no mean does, leave no trace."""
    one, chance = noise(*shape, seed=seed), np.random.default_rng(seed)
    other = one.copy()
    left, top, right, bottom = grown(box, shape[1], shape[0])
    if right > left and bottom > top:
        rows = [top + start for start in redact._starts(bottom - top)]
        columns = [left + start for start in redact._starts(right - left)]
        for upper, lower in zip(rows, [*rows[1:], bottom], strict=True):
            for near, far in zip(columns, [*columns[1:], right], strict=True):
                cell = other[upper:lower, near:far].reshape(-1, shape[2])
                other[upper:lower, near:far] = chance.permutation(cell).reshape(lower - upper, far - near, -1)
    cover(one, [box, *more], Cover.MOSAIC)
    cover(other, [box, *more], Cover.MOSAIC)
    assert (one == other).all()
