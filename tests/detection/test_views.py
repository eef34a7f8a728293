from itertools import pairwise

import pytest
from facegate_addons.detection.views import (
    CLOSE,
    COARSE_LEAST,
    COARSE_MOST,
    CONTEXT,
    DOUBTFUL,
    ENLARGE,
    FINE_MOST,
    OVERVIEW,
    TILE,
    VISIBLE,
    View,
    close,
    coarse,
    coarse_scale,
    context,
    fine,
    needed_scale,
    tiled,
    tiles,
    unsquashed,
)
from hypothesis import example, given
from hypothesis import strategies as st

sides = st.integers(1, 9000)
faces = st.integers(8, 200)


def test_the_smallest_face_decides_what_is_decoded() -> None:
    assert needed_scale(8000, 6000, 20) == VISIBLE / 20
    assert needed_scale(8000, 6000, 100) == VISIBLE / 100
    assert needed_scale(800, 600, 200) == 0.8  # what the closer looks need
    assert needed_scale(300, 200, 20) == 1.0
    assert coarse_scale(600, 400, 20) == 0.5
    assert coarse_scale(300, 200, 20) == COARSE_LEAST / 300
    assert coarse_scale(8000, 6000, 20) == OVERVIEW / 8000
    assert coarse_scale(100, 80, 20) == 1.0  # enlarged afterwards


@given(sides, sides, faces)
def test_the_coarse_pass_shows_everything(width: int, height: int, min_face: int) -> None:
    view = coarse(width, height, min_face)
    assert view.box == (0, 0, width, height)
    assert max(view.size) <= COARSE_MOST
    assert max(view.size) <= max(width, height) * ENLARGE


@given(st.integers(120, 9000), st.integers(48, 9000), st.integers(12, 200))
def test_where_the_coarse_pass_may_end_the_search_it_shows_the_smallest_face(
    width: int, height: int, min_face: int
) -> None:
    if not tiled(width, height, min_face):
        shown = min_face * max(coarse(width, height, min_face).size) / max(width, height)
        assert shown >= 0.95 * min(DOUBTFUL, COARSE_MOST / max(width, height) * min_face)
        assert max(fine(width, height, min_face).size) <= FINE_MOST


@given(sides, sides, faces)
@example(1, 641, 8)  # one pixel stays one pixel, whatever the scale
def test_tiles_cover_the_picture_or_the_fine_pass_suffices(width: int, height: int, min_face: int) -> None:
    views = list(tiles(width, height, min_face))
    if not views:
        assert (
            max(fine(width, height, min_face).size) / max(width, height) * min_face >= 0.95 * min(VISIBLE, min_face)
            or max(width, height) < 3
        )
        return
    rows = sorted({(view.box[1], view.box[3]) for view in views})
    columns = sorted({(view.box[0], view.box[2]) for view in views})
    for spans, length in ((rows, height), (columns, width)):
        assert spans[0][0] == 0
        assert spans[-1][1] == length
        for (_, end), (start, _) in pairwise(spans):
            assert start <= end - min_face  # a face on the seam is whole in one of the two


@pytest.mark.parametrize(
    ("size", "tile", "count"),
    [((1200, 1200), (448, 448), 4), ((1001, 667), (384, 467), 2), ((1920, 1080), (480, 416), 6)],
)
def test_tiles_share_a_picture_evenly(size: tuple[int, int], tile: tuple[int, int], count: int) -> None:
    assert [view.size for view in tiles(*size, 20)] == [tile] * count


@given(sides, sides, faces)
def test_no_tile_is_larger_than_it_may_be(width: int, height: int, min_face: int) -> None:
    assert all(max(view.size) <= TILE for view in tiles(width, height, min_face))


def test_long_pictures_are_also_shown_as_they_may_have_been() -> None:
    assert unsquashed(View((0, 0, 600, 400), (300, 200))) is None
    assert unsquashed(View((0, 0, 900, 300), (450, 150))) == View((0, 0, 900, 300), (450, 338))
    assert unsquashed(View((0, 0, 300, 900), (150, 450))) == View((0, 0, 300, 900), (338, 450))


def test_close() -> None:
    view = close((10, 10, 30, 50))
    assert view == View((-30, -20, 70, 80), (CLOSE, CLOSE))
    pulled = close((10, 10, 30, 50), 2.0)  # as wide as high once pulled
    assert pulled == View((-5, -20, 45, 80), (CLOSE, CLOSE))
    assert pulled.scale[0] == 2 * pulled.scale[1]


def test_context() -> None:
    view = context((90, 90, 110, 110), 0.75)
    assert view.size == (CONTEXT, CONTEXT)
    assert view.scale == pytest.approx((1.0, 1.0))
    assert view.box == (4, 4, 196, 196)


@given(st.floats(-50, 50), st.floats(-50, 50), st.floats(1, 80), st.floats(1, 80))
def test_into_a_view_and_out_again(left: float, top: float, wide: float, high: float) -> None:
    view = View((-10, 20, 90, 60), (200, 120))
    box = (left, top, left + wide, top + high)
    assert view.out(view.into(box)) == pytest.approx(box)
    assert view.into(view.box) == pytest.approx((0, 0, 200, 120))
