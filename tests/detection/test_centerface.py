import math

import numpy as np
import pytest
from facegate_addons.detection.centerface import CANDIDATES, decode, distinct


def maps(height: int = 20, width: int = 30) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return (
        np.zeros((height, width), np.float32),
        np.zeros((2, height, width), np.float32),
        np.zeros((2, height, width), np.float32),
    )


def test_one_cell() -> None:
    heat, scale, offset = maps()
    heat[5, 7], scale[:, 5, 7], offset[:, 5, 7] = 0.9, (math.log(10), math.log(5)), (0.25, -0.25)
    (found,) = decode(heat, scale, offset, 0.5)
    # rows come first: 40 high, 20 wide, centred at row (5 + 0.25 + 0.5) * 4 and column (7 - 0.25 + 0.5) * 4
    assert found.box == pytest.approx((29 - 10, 23 - 20, 29 + 10, 23 + 20), abs=1e-3)
    assert found.score == pytest.approx(0.9)


def test_best_first_and_doubles_dropped() -> None:
    heat, scale, offset = maps()
    scale[:] = math.log(4)
    heat[5, 5], heat[5, 6], heat[15, 25] = 0.6, 0.8, 0.7
    assert [round(found.score, 1) for found in decode(heat, scale, offset, 0.5)] == [0.8, 0.7]


def test_nothing() -> None:
    assert decode(*maps(), 0.1) == []


def test_a_map_that_is_all_faces_is_bounded() -> None:
    heat, scale, offset = maps(200, 200)
    heat[:] = 1
    assert len(decode(heat, scale, offset, 0.1)) <= CANDIDATES


def test_distinct() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 1, 11, 11], [20, 20, 30, 30], [0, 0, 30, 30]], float)
    assert distinct(boxes) == [0, 2, 3]
