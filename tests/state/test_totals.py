import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from facegate.moments import stamp
from facegate.state.database import Database
from facegate.state.schema import MIGRATIONS
from facegate.state.totals import domain_of, released, totals_of
from facegate.thresholds import Totals

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)


def days(count: float) -> timedelta:
    return timedelta(days=count)


@pytest.fixture
def connection(database: Database) -> sqlite3.Connection:
    return database._reader


def part(connection: sqlite3.Connection, kind: str, value: str, job: str, until: datetime, signature: int = 0) -> None:
    connection.execute(
        "INSERT INTO operator_parts VALUES ('acme', ?, ?, ?, ?, ?, ?)",
        (kind, value, job, signature, stamp(NOW - days(100)), stamp(until)),
    )


def signed(connection: sqlite3.Connection, times: int) -> None:
    connection.execute("INSERT INTO operators (key, signatures) VALUES ('acme', ?)", (times,))


def day(connection: sqlite3.Connection, ago: int, releases: int, faces: int, signature: int = 0) -> None:
    """Running totals, as they are kept."""
    on = (NOW - days(ago)).date().isoformat()
    connection.execute("INSERT INTO operator_days VALUES ('acme', ?, ?, ?, ?)", (signature, on, releases, faces))


def test_nothing_is_nothing(connection: sqlite3.Connection) -> None:
    assert totals_of(connection, "acme", [days(1), days(90)], NOW) == [Totals(), Totals()]


def test_a_window_takes_what_was_in_force_within_it(connection: sqlite3.Connection) -> None:
    part(connection, "subject", "now", "a", NOW + days(1))
    part(connection, "subject", "ended", "b", NOW - days(3))
    part(connection, "subject", "ended", "c", NOW - days(8))  # the same person twice is one
    part(connection, "subject", "edge", "d", NOW - days(7))  # ended when the window of 7 days begins
    found = totals_of(connection, "acme", [days(1), days(7), days(8)], NOW)
    assert [totals.subjects for totals in found] == [1, 2, 3]


def test_overlap_is_the_most_jobs_with_one_domain(connection: sqlite3.Connection) -> None:
    for job in ("a", "b", "c"):
        part(connection, "host", "busy.example", job, NOW + days(1))
    part(connection, "host", "calm.example", "a", NOW + days(1))
    part(connection, "host", "busy.example", "old", NOW - days(2))
    assert [(t.hosts, t.overlap) for t in totals_of(connection, "acme", [days(1), days(7)], NOW)] == [(2, 3), (2, 4)]


def test_what_was_signed_is_not_counted_again(connection: sqlite3.Connection) -> None:
    signed(connection, 1)
    part(connection, "subject", "known", "a", NOW + days(1), 0)
    part(connection, "subject", "known", "b", NOW + days(1), 1)  # a new job for somebody who was signed
    part(connection, "subject", "new", "b", NOW + days(1), 1)
    part(connection, "host", "x.example", "a", NOW + days(1), 0)
    part(connection, "host", "x.example", "b", NOW + days(1), 1)
    assert totals_of(connection, "acme", [days(90)], NOW, signature=1) == [Totals(subjects=1, hosts=0, overlap=1)]
    assert totals_of(connection, "acme", [days(90)], NOW) == [Totals(subjects=2, hosts=1, overlap=2)]


def test_somebody_whose_signed_job_left_the_window_is_new(connection: sqlite3.Connection) -> None:
    signed(connection, 1)
    part(connection, "subject", "known", "a", NOW - days(91), 0)
    part(connection, "subject", "known", "b", NOW + days(1), 1)
    assert totals_of(connection, "acme", [days(90)], NOW, signature=1)[0].subjects == 1
    assert totals_of(connection, "acme", [days(92)], NOW, signature=1)[0].subjects == 0


@pytest.mark.parametrize(("window", "expected"), [(0, (3, 6)), (1, (3, 6)), (9, (3, 6)), (10, (7, 14)), (11, (7, 14))])
def test_the_day_that_a_window_begins_in_counts_whole(
    connection: sqlite3.Connection, window: int, expected: tuple[int, int]
) -> None:
    day(connection, 100, 2, 4)
    day(connection, 10, 6, 12)
    day(connection, 0, 9, 18)
    last, counted = released(connection, "acme", 0, NOW - days(window))
    assert last is not None
    assert (last["releases"], counted) == (9, expected)


def test_releases_are_counted_over_signatures_or_since_one(connection: sqlite3.Connection) -> None:
    signed(connection, 2)
    day(connection, 50, 10, 20, 0)
    day(connection, 20, 14, 28, 0)
    day(connection, 20, 3, 3, 1)
    day(connection, 1, 2, 5, 2)
    windows = [days(1), days(30), days(90)]
    assert [t.releases for t in totals_of(connection, "acme", windows, NOW)] == [2, 4 + 3 + 2, 14 + 3 + 2]
    assert [t.faces for t in totals_of(connection, "acme", windows, NOW, signature=2)] == [5, 5, 5]
    assert totals_of(connection, "other", windows, NOW) == [Totals()] * 3


def test_ten_years_of_days_are_two_searches(connection: sqlite3.Connection) -> None:
    sql: list[str] = []
    day(connection, 1, 1, 1)
    connection.set_trace_callback(sql.append)
    released(connection, "acme", 0, NOW - days(3660))
    connection.set_trace_callback(None)
    plans = [row[3] for query in sql for row in connection.execute(f"EXPLAIN QUERY PLAN {query}")]
    assert len(plans) == 2
    assert all(plan.startswith("SEARCH operator_days USING PRIMARY KEY (operator=? AND signature=?") for plan in plans)
    assert "PRIMARY KEY (operator, signature, day)" in MIGRATIONS[3]


@pytest.mark.parametrize(
    ("pattern", "domain"),
    [
        ("news.example", "news.example"),
        ("*.a.b.news.co.uk", "news.co.uk"),
        ("me.github.io", "me.github.io"),
        ("*.github.io", "github.io"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("10.9.0.1", "10.9.0.1"),
        ("::1", "::1"),
        ("[2001:db8::1]", "[2001:db8::1]"),
    ],
)
def test_domains(pattern: str, domain: str) -> None:
    assert domain_of(pattern) == domain
