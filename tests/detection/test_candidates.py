import numpy as np
import pytest
from facegate_addons.detection.candidates import CANDIDATES, distinct, middle, separate, shared, strongest

BOXES = np.array([[0, 0, 10, 10], [1, 1, 11, 11], [20, 20, 30, 30], [0, 0, 30, 30]], float)


def test_distinct() -> None:
    assert distinct(BOXES) == [0, 2, 3]
    assert distinct(BOXES, most=2) == [0, 2]


def test_doubles_do_not_count_towards_the_most() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.6], np.float32)
    assert [round(c.score, 1) for c in separate(BOXES, scores, 2)] == [0.9, 0.7]


def test_strongest() -> None:
    scores = np.array([0.5, 0.1, 0.9, 0.5, 0.3], np.float32)
    assert strongest(scores, 0.2).tolist() == [2, 0, 3, 4]  # of equal ones the earlier first
    assert len(strongest(np.ones(5_000, np.float32), 0.2)) == CANDIDATES


def test_middle() -> None:
    assert middle(np.zeros((40, 20), np.float32)).shape == (20, 10)
    assert middle(np.zeros((1, 1), np.float32)).shape == (1, 1)


def test_shared() -> None:
    assert shared((0, 0, 10, 10), (0, 0, 10, 10)) == 1
    assert shared((0, 0, 10, 10), (5, 0, 15, 10)) == pytest.approx(1 / 3)
    assert shared((0, 0, 10, 10), (10, 0, 20, 10)) == 0
