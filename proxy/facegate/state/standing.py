"""Where each operator stands: what its targeted jobs add up to, what stopped it, who signed. Only reads."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from facegate_addons.domain.model import utc_now

from facegate.moments import stamp
from facegate.state.accumulation import unknown
from facegate.state.database import Database
from facegate.state.jobs import operator_key
from facegate.state.totals import totals_of
from facegate.thresholds import Thresholds, Totals

WINDOWS = (1, 7, 30, 90, 365)  # days, as shown
PAGE = 50  # operators
SHOWN = 1_000  # jobs, domains and subjects of one operator, each


@dataclass(frozen=True)
class Standing:
    """`operator` is its key. `totals` are of the configured window, `unsigned` of that what no reviewer signed, `over`
    what of it is over a threshold now. `why`: what was over when the releases were stopped."""

    operator: str
    names: tuple[str, ...]
    totals: Totals
    unsigned: Totals
    over: dict[str, int]
    held: str | None
    why: dict[str, int]
    signatures: int
    signed: str | None
    signer: str | None
    reason: str

    def as_json(self) -> dict[str, Any]:
        return {
            "operator": self.operator,
            "names": list(self.names),
            "held": self.held,
            "why": self.why,
            "over": self.over,
            "totals": self.totals.as_json(),
            "unsigned": self.unsigned.as_json(),
            "signatures": self.signatures,
            "signed": self.signed,
            "signer": self.signer,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Page:
    """`next`: the key to go on after, None at the end."""

    standings: list[Standing]
    next: str | None


@dataclass(frozen=True)
class CountedJob:
    """A targeted job that counts within the longest window; `releases` and `faces` are of its whole life."""

    id: str
    state: str
    subjects: int
    hosts: int
    releases: int
    faces: int
    begun: str
    until: str


@dataclass(frozen=True)
class Account:
    """One operator's standing, and what it is made of. `windows`: days -> totals, whoever signed. `domains`: those that
    several of its jobs look into. `elsewhere`: (subject, other operator, its job), for persons whom others look for,
    too: an operator that goes by another name would be seen here."""

    standing: Standing
    windows: dict[int, Totals]
    jobs: list[CountedJob]
    domains: dict[str, list[str]]
    elsewhere: list[tuple[str, str, str]]

    def as_json(self) -> dict[str, Any]:
        return {
            **self.standing.as_json(),
            "windows": {str(days): totals.as_json() for days, totals in self.windows.items()},
            "jobs": [{name: getattr(job, name) for name in CountedJob.__dataclass_fields__} for job in self.jobs],
            "domains": self.domains,
            "elsewhere": [
                {"subject": subject, "operator": operator, "job": job} for subject, operator, job in self.elsewhere
            ],
        }


def list_operators(database: Database, thresholds: Thresholds, *, after: str = "", limit: int = PAGE) -> Page:
    """Those with an approved targeted job, now or once, by key."""

    def read(connection: sqlite3.Connection) -> Page:
        rows = connection.execute(
            "SELECT * FROM operators WHERE key > ? ORDER BY key LIMIT ?", (after, limit + 1)
        ).fetchall()
        now = utc_now()
        found = [_standing(connection, row, thresholds, now) for row in rows[:limit]]
        return Page(found, rows[limit - 1]["key"] if len(rows) > limit else None)

    return database.look(read)


def standing_of(database: Database, operator: str, thresholds: Thresholds) -> Standing | None:
    """None when no targeted job of the operator was ever approved."""
    key = operator_key(operator)

    def read(connection: sqlite3.Connection) -> Standing | None:
        row = connection.execute("SELECT * FROM operators WHERE key = ?", (key,)).fetchone()
        return _standing(connection, row, thresholds, utc_now()) if row is not None else None

    return database.look(read)


def account_of(database: Database, operator: str, thresholds: Thresholds) -> Account:
    """Raises NotFound."""
    key = operator_key(operator)

    def read(connection: sqlite3.Connection) -> Account:
        row = connection.execute("SELECT * FROM operators WHERE key = ?", (key,)).fetchone()
        if row is None:
            raise unknown(operator)
        now = utc_now()
        windows = [timedelta(days=days) for days in WINDOWS]
        since = stamp(now - max(thresholds.window, *windows))
        return Account(
            _standing(connection, row, thresholds, now),
            dict(zip(WINDOWS, totals_of(connection, key, windows, now), strict=True)),
            _jobs(connection, key, since),
            _domains(connection, key, since),
            _elsewhere(connection, key, since),
        )

    return database.look(read)


def _standing(connection: sqlite3.Connection, row: sqlite3.Row, thresholds: Thresholds, now: datetime) -> Standing:
    key, windows = row["key"], [thresholds.window]
    (totals,) = totals_of(connection, key, windows, now)
    (unsigned,) = (
        totals_of(connection, key, windows, now, signature=row["signatures"]) if row["signatures"] else [totals]
    )
    names = connection.execute("SELECT DISTINCT operator FROM jobs WHERE operator_key = ? ORDER BY operator", (key,))
    return Standing(
        key,
        tuple(name["operator"] for name in names),
        totals,
        unsigned,
        unsigned.over(thresholds),
        row["held"],
        json.loads(row["why"]) if row["why"] else {},
        row["signatures"],
        row["signed"],
        row["signer"],
        row["reason"],
    )


def _jobs(connection: sqlite3.Connection, operator: str, since: str) -> list[CountedJob]:
    rows = connection.execute(
        "SELECT p.job AS id, j.state, p.subjects, p.hosts, j.releases, j.faces, p.begun, p.until FROM ("
        "SELECT job, sum(part = 'subject') AS subjects, sum(part = 'host') AS hosts, min(begun) AS begun,"
        " max(until) AS until FROM operator_parts WHERE operator = ? AND until > ? GROUP BY job ORDER BY job LIMIT ?"
        ") p JOIN jobs j ON j.id = p.job ORDER BY p.job",
        (operator, since, SHOWN),
    )
    return [CountedJob(**row) for row in map(dict, rows)]


def _domains(connection: sqlite3.Connection, operator: str, since: str) -> dict[str, list[str]]:
    """Those with the most jobs first."""
    of = (operator, since)
    rows = connection.execute(
        "SELECT p.value, p.job FROM (SELECT value, count(*) AS n FROM operator_parts WHERE operator = ?"
        " AND part = 'host' AND until > ? GROUP BY value HAVING n > 1 ORDER BY n DESC, value LIMIT ?) d"
        " CROSS JOIN operator_parts p ON p.operator = ? AND p.part = 'host' AND p.value = d.value AND p.until > ?"
        " ORDER BY d.n DESC, p.value, p.job LIMIT ?",
        (*of, SHOWN, *of, SHOWN),
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["value"], []).append(row["job"])
    return found


def _elsewhere(connection: sqlite3.Connection, operator: str, since: str) -> list[tuple[str, str, str]]:
    of = (operator, since)
    rows = connection.execute(
        "SELECT DISTINCT o.value, o.operator, o.job FROM (SELECT DISTINCT value FROM operator_parts"
        " WHERE operator = ? AND part = 'subject' AND until > ?) p"
        " CROSS JOIN operator_parts o ON o.value = p.value AND o.part = 'subject' AND o.operator <> ? AND o.until > ?"
        " ORDER BY 1, 2, 3 LIMIT ?",
        (*of, *of, SHOWN),
    )
    return [(row["value"], row["operator"], row["job"]) for row in rows]
