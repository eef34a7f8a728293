import pytest
from facegate.reports.charts import HEIGHT, LEFT, WIDTH, filled, nice, stacked, whisker


@pytest.mark.parametrize(
    ("value", "top"), [(0, 2), (1, 2), (3, 4), (10, 10), (11, 20), (37, 40), (41, 100), (999, 1000)]
)
def test_axes_end_at_round_numbers(value: int, top: int) -> None:
    assert nice(value) == top


def test_bars_stand_on_each_other_inside_the_drawing() -> None:
    rows = [{"at": f"2026-03-{day:02}", "a": day, "b": 2 * day, "c": 0} for day in range(1, 30)]
    chart = stacked(rows, ("a", "b", "c"))
    assert len(chart.bars) == 2 * 29  # none for nothing
    for bar in chart.bars:
        assert LEFT <= bar.x < bar.x + bar.width <= WIDTH
        assert 0 <= bar.y < bar.y + bar.height <= HEIGHT
    a, b = chart.bars[-2:]
    assert b.y + b.height == pytest.approx(a.y, abs=0.02)
    assert b.height == pytest.approx(2 * a.height, abs=0.02)
    assert len(chart.labels) <= 7
    assert stacked([], ("a",)).bars == ()


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [("2026-02-27", "2026-03-02", 4), ("2026-01-01T22", "2026-01-02T01", 4), ("2025-11", "2026-02", 4)],
)
def test_steps_in_which_nothing_happened_are_there(first: str, last: str, count: int) -> None:
    rows = filled([{"at": first, "a": 1}, {"at": last, "a": 1}], ("a",))
    assert [row["a"] for row in rows] == [1, *[0] * (count - 2), 1]
    assert filled([], ("a",)) == []
    far = [{"at": "1999-01-01", "a": 1}, {"at": "2026-01-01", "a": 1}]
    assert filled(far, ("a",)) == far


@pytest.mark.parametrize(("low", "at", "high"), [(0.0, 0.0, 0.0), (0.001, 0.02, 0.09), (0.2, 0.7, 1.0)])
def test_an_interval_lies_inside_its_scale(low: float, at: float, high: float) -> None:
    drawn = whisker(low, at, high)
    assert drawn.ticks[0].at <= drawn.low <= drawn.at <= drawn.high <= drawn.ticks[-1].at
