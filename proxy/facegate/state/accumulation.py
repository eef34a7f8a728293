"""What one operator's targeted jobs add up to, in a rolling window; over a threshold its releases stop until a reviewer
signs. A database that is built step by step is still one (Guidelines C(2025) 5052, 230).

What was signed is counted no more: after a signature it takes another threshold's worth to stop.
"""

import functools
import json
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from facegate_addons.domain.job import Job, Spending
from facegate_addons.domain.ports import Ledger
from publicsuffixlist import PublicSuffixList

from facegate.state.jobs import operator_key
from facegate.thresholds import Thresholds, Totals

WINDOWS = (1, 7, 30, 90, 365)  # days, as shown


def count_release(
    connection: sqlite3.Connection,
    ledger: Ledger,
    operator: str,
    spending: Spending,
    thresholds: Thresholds,
    now: datetime,
) -> bool:
    """Count a release of `operator` (its key). False, and nothing is counted, when its releases are stopped, or this
    one would pass a threshold: then they are stopped from here on."""
    row = connection.execute("SELECT signatures, held FROM operators WHERE key = ?", (operator,)).fetchone()
    if row is not None and row["held"] is not None:
        return False
    signatures = row["signatures"] if row is not None else 0
    since = _day(now - thresholds.window)
    sums = connection.execute(
        "SELECT coalesce(sum(releases), 0), coalesce(sum(faces), 0) FROM operator_days"
        " WHERE operator = ? AND day > ? AND signature = ?",
        (operator, since, signatures),
    ).fetchone()
    totals = Totals(releases=sums[0] + spending.releases, faces=sums[1] + spending.faces)
    if over := totals.over(thresholds):
        _hold(connection, ledger, operator, over, now)
        return False
    connection.execute(
        "INSERT INTO operator_days VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " releases = releases + excluded.releases, faces = faces + excluded.faces",
        (operator, _day(now), signatures, spending.releases, spending.faces),
    )
    return True


def count_scope(
    connection: sqlite3.Connection, ledger: Ledger, job: Job, thresholds: Thresholds, now: datetime
) -> dict[str, int]:
    """Count whom and where an approved job looks. Returns what is over a threshold now, {} when nothing is."""
    operator, until = operator_key(job.operator), job.scope.expires or now
    signatures = _signatures(connection, operator)
    end_scope(connection, job.id, now)
    parts = {("subject", operator_key(subject)) for subject in job.scope.subjects}
    parts |= {("host", domain_of(host)) for host in job.scope.hosts}
    connection.executemany(
        "INSERT INTO operator_parts VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET until = excluded.until",
        [(operator, part, value, job.id, signatures, _stamp(now), _stamp(until)) for part, value in sorted(parts)],
    )
    totals = totals_of(connection, operator, thresholds.window, now, since_signed=True)
    if over := totals.over(thresholds):
        _hold(connection, ledger, operator, over, now)
    return over


def end_scope(connection: sqlite3.Connection, job_id: str, now: datetime) -> None:
    """The job's scope is in force no longer: it counts until it leaves the window."""
    connection.execute(
        "UPDATE operator_parts SET until = ? WHERE job = ? AND until > ?", (_stamp(now), job_id, _stamp(now))
    )


def totals_of(
    connection: sqlite3.Connection, operator: str, window: timedelta, now: datetime, *, since_signed: bool = False
) -> Totals:
    """Of `operator` (its key), of what was in force or released within `window`."""
    signatures = _signatures(connection, operator) if since_signed else 0
    since = _stamp(now - window)

    def distinct(part: str) -> int:
        return _one(
            connection,
            "SELECT count(*) FROM (SELECT 1 FROM operator_parts WHERE operator = ? AND part = ? AND until > ?"
            " GROUP BY value HAVING min(signature) >= ?)",
            (operator, part, since, signatures),
        )

    overlap = _one(
        connection,
        "SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM operator_parts WHERE operator = ? AND until > ?"
        " AND part = 'host' GROUP BY value HAVING max(signature) >= ?)",
        (operator, since, signatures),
    )
    sums = connection.execute(
        "SELECT coalesce(sum(releases), 0), coalesce(sum(faces), 0) FROM operator_days"
        " WHERE operator = ? AND day > ? AND signature >= ?",
        (operator, _day(now - window), signatures),
    ).fetchone()
    return Totals(distinct("subject"), distinct("host"), sums[0], sums[1], overlap)


@functools.lru_cache(maxsize=10_000)
def domain_of(pattern: str) -> str:
    """The registrable domain that a host pattern lies in; the host itself where there is none."""
    host = pattern.removeprefix("*.")
    return _suffixes().privatesuffix(host) or host


@functools.cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _hold(
    connection: sqlite3.Connection, ledger: Ledger, operator: str, over: Mapping[str, int], now: datetime
) -> None:
    ledger.append({"event": "accumulation-held", "operator": operator, "over": dict(over), "by": "facegate"})
    connection.execute(
        "INSERT INTO operators (key, held, why) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET"
        " held = coalesce(held, excluded.held), why = excluded.why",
        (operator, _stamp(now), json.dumps(dict(over))),
    )


def _signatures(connection: sqlite3.Connection, operator: str) -> int:
    row = connection.execute("SELECT signatures FROM operators WHERE key = ?", (operator,)).fetchone()
    return row["signatures"] if row is not None else 0


def _one(connection: sqlite3.Connection, sql: str, values: tuple[Any, ...]) -> int:
    value: int = connection.execute(sql, values).fetchone()[0]
    return value


def _day(at: datetime) -> str:
    return at.astimezone(UTC).date().isoformat()


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
