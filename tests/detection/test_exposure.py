import numpy as np
import pytest
import skimage.data
from facegate_addons.detection.exposure import NARROW, lift

FACE = skimage.data.astronaut()


def test_a_picture_that_uses_its_range_is_left_alone() -> None:
    assert lift(FACE) is None


@pytest.mark.parametrize("floor", [0, 120, 215])
def test_a_narrow_one_is_spread_over_the_whole_range(floor: int) -> None:
    faint = (FACE.astype(np.float32) * 0.15 + floor).round().astype(np.uint8)
    table = lift(faint)
    assert table is not None
    lifted = table[faint]
    assert (lifted.min(), lifted.max()) == (0, 255)
    assert np.corrcoef(lifted.ravel(), FACE.ravel())[0, 1] > 0.98


def test_stray_pixels_hide_nothing() -> None:
    faint = (FACE * 0.1).astype(np.uint8)
    faint[::40, ::40] = 255  # 0.06 % of the pixels
    assert lift(faint) is not None


def test_one_colour_has_nothing_to_lift() -> None:
    assert lift(np.full((9, 9, 3), 7, np.uint8)) is None


def test_the_edge_of_narrow() -> None:
    ramp = np.repeat(np.arange(NARROW + 1, dtype=np.uint8), 300).reshape(-1, 1, 1).repeat(3, axis=2)
    assert lift(ramp) is None
    assert lift(ramp[: 300 * (NARROW - 2)]) is not None
