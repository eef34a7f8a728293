from datetime import timedelta

import pytest
from facegate.quarantine.filters import Filter
from facegate.quarantine.ways import REQUESTS, bounds_of, joined, range_below, ways
from facegate.state.database import Database

from tests.quarantine.listed import START, expected, keep, make

MADE = make(120)


@pytest.fixture
def listed(database: Database) -> Database:
    keep(database, MADE)
    return database


@pytest.mark.parametrize(
    ("looked_for", "terms"),
    [
        (Filter(job="job-1"), {"job"}),
        (Filter(job="job-1", state="open"), {"job", "state"}),
        (Filter(host="news.example"), {"host"}),
        (Filter(host="*.example.org"), {"host"}),
        (Filter(reason="faces"), {"reason"}),
        (Filter(reason="faces", state="open"), {"reason", "state"}),
        (Filter(state="open"), {"state"}),
        (Filter(digest="00000001"), {"digest"}),
        (Filter(held=True), {"held"}),
        (Filter(request="request-48"), {"request"}),
    ],
    ids=lambda value: str(value) if isinstance(value, Filter) else None,
)
def test_how_many_a_way_finds_is_known_before(listed: Database, looked_for: Filter, terms: set[str]) -> None:
    (way, *_) = listed.look(lambda connection: list(ways(connection, looked_for, None)))
    assert way.terms == terms
    assert way.count == len(expected(MADE, looked_for, "newest")) > 0
    where, values = joined(way.where)
    assert listed.read(f"SELECT count(*) FROM {way.source} WHERE {where}", values)[0][0] == way.count  # noqa: S608


def test_a_request_is_looked_up_in_its_index(listed: Database) -> None:
    plan = listed.read(f"EXPLAIN QUERY PLAN {REQUESTS}", ("request-48",))
    assert [row["detail"] for row in plan] == ["SEARCH sightings USING INDEX sightings_request (request=?)"]
    assert listed.read(REQUESTS, ("",)) == []  # the request of none


def test_a_time_is_a_range_of_numbers(listed: Database) -> None:
    """Though records come in a little out of their order."""
    for hours in range(0, 12, 2):
        looked_for = Filter(since=START + timedelta(hours=hours), until=START + timedelta(hours=hours + 3))
        bounds = listed.look(lambda connection, it=looked_for: bounds_of(connection, it))
        assert bounds is not None
        found = {int(id_.removeprefix("record-")) for id_ in expected(MADE, looked_for, "newest")}
        assert found <= set(range(bounds.low, bounds.high + 1))
        assert bounds.high - bounds.low < 60
    later = Filter(since=START + timedelta(days=99))
    none = listed.look(lambda connection: bounds_of(connection, later))
    assert none is not None
    assert none.low > none.high
    assert listed.look(lambda connection: bounds_of(connection, Filter())) is None


def test_below_a_name_is_neither_it_nor_its_neighbour() -> None:
    low, high = range_below(Filter(host="*.news.example"))
    assert low < "example.news.img." < high
    assert not low < "example.news." < high
    assert not low < "example.news-paper." < high
    assert not low < "example.newsroom." < high
