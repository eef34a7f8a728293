from itertools import pairwise

from facegate_addons.detection.views import CLOSE, COARSE, ENLARGE, VISIBLE, close, coarse, needed_scale, tiles
from hypothesis import example, given
from hypothesis import strategies as st

sides = st.integers(1, 9000)


def test_the_smallest_face_decides_what_is_decoded() -> None:
    assert needed_scale(8000, 6000, 20) == VISIBLE / 20
    assert needed_scale(8000, 6000, 200) == VISIBLE / 200
    assert needed_scale(500, 400, 200) == COARSE / 500
    assert needed_scale(300, 200, 20) == 1.0


@given(sides, sides)
def test_the_coarse_pass_shows_everything(width: int, height: int) -> None:
    view = coarse(width, height)
    assert view.box == (0, 0, width, height)
    assert max(view.size) <= COARSE
    assert max(view.size) <= max(width, height) * ENLARGE


@given(sides, sides, st.integers(8, 200))
@example(1, 641, 8)  # one pixel stays one pixel, whatever the scale
def test_tiles_cover_the_picture_or_the_coarse_pass_suffices(width: int, height: int, min_face: int) -> None:
    views = list(tiles(width, height, min_face))
    if not views:
        assert (
            max(coarse(width, height).size) / max(width, height) * min_face >= 0.75 * min(VISIBLE, min_face)
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


def test_close() -> None:
    view = close((10, 10, 30, 50))
    assert view.size == (CLOSE, CLOSE)
    assert view.box == (-30, -20, 70, 80)
