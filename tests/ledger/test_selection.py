from datetime import UTC, datetime

import pytest
from facegate.ledger.selection import Selection

LINE = {"at": "2026-03-01T12:00:00+00:00", "event": "exchange", "job": "crawl"}
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 3, 1, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        (Selection(), True),
        (Selection(since=NOON), True),
        (Selection(until=NOON), False),
        (Selection(NOON, LATER), True),
        (Selection(since=LATER), False),
        (Selection(events=frozenset({"purge", "exchange"})), True),
        (Selection(events=frozenset({"purge"})), False),
        (Selection(job="crawl"), True),
        (Selection(job="other"), False),
    ],
)
def test_what_is_asked_for(asked: Selection, holds: bool) -> None:
    assert asked.holds(LINE) is holds


@pytest.mark.parametrize("at", [None, "", "yesterday", "2026-03-01T12:00:00", 7])
def test_a_line_without_a_time_is_in_no_time(at: object) -> None:
    assert not Selection(since=NOON).holds({**LINE, "at": at})
    assert Selection().holds({**LINE, "at": at})


def test_damage_is_always_passed_on() -> None:
    assert Selection(NOON, LATER, frozenset({"x"}), "y").holds({"ledger": "cli", "line": 3, "damaged": True})
