"""What one operator's targeted jobs add up to, in a rolling window; over a threshold its releases stop until a reviewer
signs. A database that is built step by step is still one (Guidelines C(2025) 5052, 230).

What was signed is counted no more: after a signature it takes another threshold's worth to stop.
"""

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime

from facegate_addons.domain.job import Job, Spending
from facegate_addons.domain.model import utc_now
from facegate_addons.domain.ports import Ledger

from facegate.errors import Conflict, NotAllowed, NotFound
from facegate.jobs import spelling
from facegate.jobs.lifecycle import REVIEWERS, Actor
from facegate.ledger.chained import ChainedLedger
from facegate.moments import stamp
from facegate.state.database import Database
from facegate.state.jobs import operator_key
from facegate.state.totals import day_of, domain_of, released, totals_of
from facegate.thresholds import Thresholds, Totals


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
    row = _known(connection, operator)
    if row["held"] is not None:
        return False
    signature: int = row["signatures"]
    last, (releases, faces) = released(connection, operator, signature, now - thresholds.window)
    totals = Totals(releases=releases + spending.releases, faces=faces + spending.faces)
    if over := totals.over(thresholds):
        _hold(connection, ledger, operator, over, thresholds, now)
        return False
    day, before = day_of(now), (0, 0)
    if last is not None:  # a clock that was set back goes on with the day that it had come to
        day, before = max(day, last["day"]), (last["releases"], last["faces"])
    connection.execute(
        "INSERT INTO operator_days VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " releases = excluded.releases, faces = excluded.faces",
        (operator, signature, day, before[0] + spending.releases, before[1] + spending.faces),
    )
    return True


def count_scope(
    connection: sqlite3.Connection, ledger: Ledger, job: Job, thresholds: Thresholds, now: datetime
) -> dict[str, int]:
    """Count whom and where an approved job looks. Returns what is over a threshold now, {} when nothing is."""
    operator, until = operator_key(job.operator), job.scope.expires or now
    signature: int = _known(connection, operator)["signatures"]
    end_scope(connection, job.id, now)
    parts = {("subject", spelling.key(subject)) for subject in job.scope.subjects}
    parts |= {("host", domain_of(host)) for host in job.scope.hosts}
    connection.executemany(
        "INSERT INTO operator_parts VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET until = excluded.until",
        [(operator, part, value, job.id, signature, stamp(now), stamp(until)) for part, value in sorted(parts)],
    )
    (totals,) = totals_of(connection, operator, [thresholds.window], now, signature=signature)
    if over := totals.over(thresholds):
        _hold(connection, ledger, operator, over, thresholds, now)
    return over


def end_scope(connection: sqlite3.Connection, job_id: str, now: datetime) -> None:
    """The job's scope is in force no longer: it counts until it leaves the window."""
    connection.execute(
        "UPDATE operator_parts SET until = ? WHERE job = ? AND until > ?", (stamp(now), job_id, stamp(now))
    )


def sign(
    database: Database, ledger: ChainedLedger, operator: str, by: Actor, reason: str, thresholds: Thresholds
) -> Totals:
    """Let the operator's releases go on. Returns what was signed: what its jobs had come to since the signature before.

    A threshold that is raised lifts nothing: somebody has to answer for it by name.
    """
    key, why = operator_key(operator), reason.strip()
    if by.role not in REVIEWERS:
        raise NotAllowed(f"{by.name} is {by.role or 'no added user'}; this takes a reviewer or an admin")
    if operator_key(by.name) == key:
        raise NotAllowed(f"{by.name} runs these jobs; another person has to sign for them")
    if not why:
        raise Conflict("a signature takes a reason: it stands in the ledger")

    def change(connection: sqlite3.Connection) -> Totals:
        now = utc_now()
        row = connection.execute("SELECT * FROM operators WHERE key = ?", (key,)).fetchone()
        if row is None:
            raise unknown(operator)
        if row["held"] is None:
            raise Conflict(f"the releases of {key!r} are not stopped; there is nothing to sign")
        number = row["signatures"] + 1
        (totals,) = totals_of(connection, key, [thresholds.window], now, signature=row["signatures"])
        jobs, approved = _approved_by(connection, key, by.name, now - thresholds.window)
        ledger.append_now(
            {
                "event": "accumulation-signed",
                "operator": key,
                "by": by.name,
                "via": by.via,
                "role": by.role,
                "why": why,
                "signature": number,
                "held": row["held"],
                "over": json.loads(row["why"]),
                "totals": totals.as_json(),
                "window_days": thresholds.window.days,
                "jobs": jobs,
                "approved_by_signer": approved,
            }
        )
        connection.execute(
            "UPDATE operators SET signatures = ?, held = NULL, why = '', signed = ?, signer = ?, reason = ?"
            " WHERE key = ?",
            (number, stamp(now), by.name, why, key),
        )
        return totals

    return database.write_now(change)


def unknown(operator: str) -> NotFound:
    return NotFound(
        f"no targeted job of {operator!r} was ever approved; `facegate accumulation list` shows whose jobs were"
    )


def _known(connection: sqlite3.Connection, operator: str) -> sqlite3.Row:
    sql = "SELECT signatures, held, why FROM operators WHERE key = ?"
    row: sqlite3.Row | None = connection.execute(sql, (operator,)).fetchone()
    if row is None:
        connection.execute("INSERT INTO operators (key) VALUES (?)", (operator,))
        row = connection.execute(sql, (operator,)).fetchone()
    assert row is not None
    return row


def _hold(
    connection: sqlite3.Connection,
    ledger: Ledger,
    operator: str,
    over: Mapping[str, int],
    thresholds: Thresholds,
    now: datetime,
) -> None:
    """Once it is stopped, what is over in addition is added to why."""
    row = _known(connection, operator)
    why = (json.loads(row["why"]) if row["why"] else {}) | dict(over)
    allowed = {name: getattr(thresholds, name) for name in over}
    ledger.append(
        {"event": "accumulation-held", "operator": operator, "over": dict(over), "allowed": allowed, "by": "facegate"}
    )
    connection.execute(
        "UPDATE operators SET held = coalesce(held, ?), why = ? WHERE key = ?",
        (stamp(now), json.dumps(why), operator),
    )


def _approved_by(connection: sqlite3.Connection, operator: str, name: str, since: datetime) -> tuple[int, int]:
    """How many of the operator's jobs count, and how many of them `name` approved: who signs for their own approvals
    alone is to be seen."""
    row = connection.execute(
        "SELECT count(*), coalesce(sum(EXISTS (SELECT 1 FROM job_versions v WHERE v.job = p.job"
        " AND v.state IN ('in-force', 'superseded') AND v.decider = ? COLLATE NOCASE)), 0)"
        " FROM (SELECT DISTINCT job FROM operator_parts WHERE operator = ? AND until > ?) p",
        (name, operator, stamp(since)),
    ).fetchone()
    return row[0], row[1]
