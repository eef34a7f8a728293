import pytest
from facegate.thresholds import COUNTED, Thresholds, Totals


@pytest.mark.parametrize("name", COUNTED)
def test_a_threshold_may_be_reached_and_not_passed(name: str) -> None:
    thresholds = Thresholds(**{name: 5})
    assert Totals(**{name: 5}).over(thresholds) == {}
    assert Totals(**{name: 6}).over(thresholds) == {name: 6}


def test_what_is_not_watched_is_never_over() -> None:
    free = Thresholds(**dict.fromkeys(COUNTED))
    assert Totals(*[1 << 60] * 5).over(free) == {}


def test_all_that_is_over_is_told() -> None:
    thresholds = Thresholds(subjects=2, hosts=3, releases=9, faces=4, overlap=6)
    assert Totals(3, 3, 10, 5, 6).over(thresholds) == {"subjects": 3, "releases": 10, "faces": 5}


def test_as_json_names_what_is_counted() -> None:
    assert Totals(1, 2, 3, 4, 5).as_json() == {"subjects": 1, "hosts": 2, "releases": 3, "faces": 4, "overlap": 5}
