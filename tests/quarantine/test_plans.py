"""No search goes through all records, or sorts more than a narrow way finds: asked of SQLite's own planner."""

import re
import sqlite3

import pytest
from facegate.quarantine import plans, search, ways
from facegate.quarantine.filters import Filter, Key
from facegate.quarantine.plans import SORTS
from facegate.state.database import Database

from tests.quarantine.listed import HOSTS, START, keep, make

LOOKED_FOR = {
    "nothing": Filter(),
    "state": Filter(state="open"),
    "job": Filter(job="job-1"),
    "job and state": Filter(job="job-1", state="open"),
    "host and state": Filter(host=HOSTS[0], state="open"),
    "below": Filter(host="*.example"),
    "reason": Filter(reason="faces"),
    "reason and state": Filter(reason="faces", state="open"),
    "faces": Filter(min_faces=1),
    "time": Filter(since=START),
    "many": Filter(job="job-1", host="*.example", state="open", reason="faces", until=START.replace(year=2030)),
}


def explained(database: Database, looked_for: Filter, sort: str) -> list[str]:
    """What SQLite does for a first page and for one from a place in the midst on, statement by statement."""
    said: list[str] = []

    def read(connection: sqlite3.Connection) -> None:
        way = plans.plan(connection, looked_for, SORTS[sort])
        for key in (None, Key(sort, 7 if sort != "expiring" else "2026", 7)):
            for stretch in search._stretches(way, key, (5, 5)):
                where, values = ways.joined((*way.where, *way.residual, *stretch))
                sql = f"SELECT r.* FROM {way.source} WHERE {where} ORDER BY {search._order(way, True)} LIMIT 50"  # noqa: S608
                said.extend(row["detail"] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values))

    database.look(read)
    return said


@pytest.fixture
def listed(database: Database) -> Database:
    keep(database, make(60))
    return database


@pytest.mark.parametrize("sort", list(SORTS))
@pytest.mark.parametrize("name", list(LOOKED_FOR))
def test_along_an_index_in_its_order(listed: Database, monkeypatch: pytest.MonkeyPatch, name: str, sort: str) -> None:
    for module in (ways, plans):
        monkeypatch.setattr(module, "NARROW", 0)
    said = explained(listed, LOOKED_FOR[name], sort)
    assert said
    assert not [line for line in said if "TEMP B-TREE" in line]
    scans = [line for line in said if line.startswith("SCAN")]
    assert all(re.search(r"USING (COVERING )?INDEX", line) or line == "SCAN r" for line in scans)
    if sort not in ("newest", "oldest"):
        assert "SCAN r" not in scans


@pytest.mark.parametrize(
    "looked_for",
    [
        Filter(digest="00000001"),
        Filter(url="https://news.example/"),
        Filter(held=True),
        Filter(host="*.example"),
        Filter(job="job-1"),
        Filter(since=START, until=START.replace(hour=5)),
    ],
)
def test_what_is_narrow_is_found_first_and_sorted_then(listed: Database, looked_for: Filter) -> None:
    way = listed.look(lambda connection: plans.plan(connection, looked_for, SORTS["most-faces"]))
    assert way.narrow
    said = explained(listed, looked_for, "most-faces")
    assert not [line for line in said if re.match(r"SCAN r\b(?!.*INDEX records_held)", line)]


def test_nothing_is_asked_of_the_database_where_a_count_says_that_there_is_none(listed: Database) -> None:
    for nothing in (
        Filter(job="ghost"),
        Filter(host=HOSTS[0], state="released", reason="ghost"),
        Filter(digest="f" * 64),
    ):
        assert listed.look(lambda connection, it=nothing: plans.plan(connection, it, SORTS["newest"])).empty
