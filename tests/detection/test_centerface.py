import math

import numpy as np
import pytest
from facegate_addons.detection.candidates import CANDIDATES
from facegate_addons.detection.centerface import CenterFaceLook, looks, shapes


def maps(height: int = 20, width: int = 30) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return (
        np.zeros((height, width), np.float32),
        np.zeros((2, height, width), np.float32),
        np.zeros((2, height, width), np.float32),
    )


def test_one_cell() -> None:
    heat, scale, offset = maps()
    heat[5, 7], scale[:, 5, 7], offset[:, 5, 7] = 0.9, (math.log(10), math.log(5)), (0.25, -0.25)
    (found,) = CenterFaceLook(heat, scale, offset).candidates(0.5)
    # rows come first: 40 high, 20 wide, centred at row (5 + 0.25 + 0.5) * 4 and column (7 - 0.25 + 0.5) * 4
    assert found.box == pytest.approx((29 - 10, 23 - 20, 29 + 10, 23 + 20), abs=1e-3)
    assert found.score == pytest.approx(0.9)


def test_best_first_and_doubles_dropped() -> None:
    heat, scale, offset = maps()
    scale[:] = math.log(4)
    heat[5, 5], heat[5, 6], heat[15, 25] = 0.6, 0.8, 0.7
    look = CenterFaceLook(heat, scale, offset)
    assert [round(found.score, 1) for found in look.candidates(0.5)] == [0.8, 0.7]
    assert [round(found.score, 1) for found in look.candidates(0.5, most=1)] == [0.8]


def test_nothing() -> None:
    assert CenterFaceLook(*maps()).candidates(0.1) == []


def test_a_map_that_is_all_faces_is_bounded() -> None:
    heat, scale, offset = maps(200, 200)
    heat[:] = 1
    assert len(CenterFaceLook(heat, scale, offset).candidates(0.1)) <= CANDIDATES


def test_best_anywhere_and_in_the_middle() -> None:
    heat, scale, offset = maps()
    heat[0, 0], heat[10, 15] = 0.9, 0.4
    look = CenterFaceLook(heat, scale, offset)
    assert (look.best(), look.centre()) == pytest.approx((0.9, 0.4))


def test_each_picture_of_a_batch_is_its_own() -> None:
    heat, scale, offset = map(np.float32, map(np.zeros, shapes(2, 16, 32)))
    heat[1] = 0.7
    first, second = looks([heat, scale, offset], 16, 32)
    assert (first.best(), second.best()) == pytest.approx((0.0, 0.7))


def test_shapes() -> None:
    assert shapes(2, 16, 32) == [(2, 1, 4, 8), (2, 2, 4, 8), (2, 2, 4, 8)]
