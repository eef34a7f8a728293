import math

import pytest
from facegate.curve import Share, at, curve, point

FACES = [0.9, 0.8, 0.8, 0.4, 0.0]
CLEAR = [0.5, 0.1, 0.0, 0.0]


def test_a_score_that_reaches_the_threshold_counts() -> None:
    assert point(0.8, FACES, CLEAR).found == Share(3, 5)
    assert point(0.81, FACES, CLEAR).found == Share(1, 5)
    assert point(0.5, FACES, CLEAR).withheld == Share(1, 4)


def test_a_curve_has_a_point_for_each_score_and_never_falls() -> None:
    points = curve(FACES, CLEAR)
    assert [p.threshold for p in points] == [0.9, 0.8, 0.5, 0.4, 0.1]
    assert [p.found.hits for p in points] == [1, 3, 3, 4, 4]
    assert [p.withheld.hits for p in points] == [0, 0, 1, 1, 2]


@pytest.mark.parametrize(("allowed", "threshold"), [(0.0, 0.8), (0.24, 0.8), (0.25, 0.4), (0.5, 0.4)])
def test_the_best_point_within_what_is_allowed(allowed: float, threshold: float) -> None:
    best = at(curve(FACES, CLEAR), allowed)
    assert best is not None
    assert best.threshold == threshold


def test_no_point_when_the_best_faceless_picture_beats_every_face() -> None:
    assert at(curve([0.2], [0.9]), 0.0) is None


def test_the_interval_is_wilson_s() -> None:
    # 10 of 10: Wilson gives n / (n + z^2) as the lower end, the normal approximation would give 1
    low, high = Share(10, 10).interval
    assert low == pytest.approx(10 / (10 + 1.959964**2))
    assert high == pytest.approx(1.0)
    low, high = Share(0, 0).interval
    assert (low, high) == (0.0, 1.0)
    assert math.isnan(Share(0, 0).rate)


def test_the_interval_holds_the_rate_and_narrows() -> None:
    few, many = Share(9, 10), Share(900, 1000)
    assert few.interval[0] < many.interval[0] < 0.9 < many.interval[1] < few.interval[1]
