import math

import pytest
from facegate.curve import Share, at, curve, point, supports, written
from hypothesis import given
from hypothesis import strategies as st

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


@pytest.mark.parametrize(("pictures", "rate", "speaks"), [(50, 0.02, True), (49, 0.02, False), (1000, 0.001, True)])
def test_a_rate_is_spoken_of_when_it_is_one_picture_at_least(pictures: int, rate: float, speaks: bool) -> None:
    assert supports(pictures, rate) is speaks


@pytest.mark.parametrize(
    ("faces", "clear", "at_score", "expected"),
    [
        ([0.8], [0.2], 0.8, 0.5),
        ([0.8], [], 0.8, 0.4),
        ([0.4123, 0.8], [0.4017], 0.4123, 0.41),  # a round number in the gap rather than its very middle
        ([0.4123, 0.8], [0.4101], 0.4123, 0.411),
        ([0.4123, 0.8], [0.4121], 0.4123, 0.4122),
        ([0.4123, 0.8], [0.4122], 0.4123, 0.4123),
        ([0.29], [0.2899], 0.29, 0.29),
        ([0.29], [0.28], 0.29, 0.29),  # above the score below, which 0.28 itself would count
        ([0.41231], [0.41230], 0.41231, 0.41231),
        ([0.8, 0.8], [0.8, 0.1], 0.8, 0.45),
    ],
)
def test_a_threshold_to_write_down_counts_the_same(
    faces: list[float], clear: list[float], at_score: float, expected: float
) -> None:
    best = point(at_score, faces, clear)
    settled = written(best, faces, clear)
    assert settled.threshold == expected
    assert (settled.found, settled.withheld) == (best.found, best.withheld)


SCORES = st.lists(st.integers(0, 10_000).map(lambda ten_thousandths: ten_thousandths / 10_000), max_size=30)


@given(SCORES, SCORES)
def test_any_threshold_of_a_curve_can_be_written_down(faces: list[float], clear: list[float]) -> None:
    for best in curve(faces, clear):
        settled = written(best, faces, clear)
        assert (settled.found, settled.withheld) == (best.found, best.withheld)
        assert 0 < settled.threshold <= best.threshold
        assert len(f"{settled.threshold:g}") <= len("0.1234")
