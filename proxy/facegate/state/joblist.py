"""Which jobs somebody looks for: by state, kind and operator, and those that want attention. Pages that stay flat.

Each question goes along one index; what that does not answer is asked of the rows on the way, and after LOOKED of them
the page ends where it is, and says so.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from facegate_addons.domain.job import JobState, Kind
from facegate_addons.domain.model import utc_now

from facegate.errors import Altered
from facegate.jobs.record import RegisteredJob, operator_key
from facegate.moments import stamp
from facegate.state.database import Database
from facegate.state.jobs import load

PAGE = 50
LOOKED = 20_000  # rows for one page: some 50 ms
SOON: Final = timedelta(days=14)  # an end that is nearer wants attention
NEAR: Final = 0.8  # of a budget, likewise; the schema has it, too


class Only(StrEnum):
    ALL = ""
    WAITING = "waiting"  # for an approval
    ENDING = "ending"  # soonest first
    SPENT = "spent"  # a budget is nearly used up, or is


@dataclass(frozen=True, slots=True)
class Wanted:
    only: Only = Only.ALL
    state: JobState | None = None
    kind: Kind | None = None
    operator: str | None = None
    begins: str = ""  # how the id begins


@dataclass(frozen=True, slots=True)
class JobPage:
    """`next`: send it as `after` for what follows, "" at the end. `more`: the page is short because there was too much
    to look at for one. `damaged`: a line for each row that was altered."""

    jobs: list[RegisteredJob]
    next: str
    more: bool
    damaged: list[str]


def find_jobs(database: Database, wanted: Wanted, *, after: str = "", limit: int = PAGE) -> JobPage:
    """By id; those that end soon by their end. Raises ValueError for an `after` that is none."""
    now = utc_now()
    sql, values = _question(wanted, after, now)
    fits = _filter(wanted)

    def read(connection: sqlite3.Connection) -> JobPage:
        ids: list[str] = []
        at = ""
        for looked, row in enumerate(connection.execute(sql, values)):
            if len(ids) == limit or looked == LOOKED:
                break
            at = f"{row['expires']}|{row['id']}" if wanted.only is Only.ENDING else row["id"]
            if fits(row):
                ids.append(row["id"])
        else:
            at = ""
        jobs, damaged = [], []
        for job_id in ids:
            try:
                jobs.append(load(connection, job_id))
            except Altered as error:
                damaged.append(str(error))
        return JobPage(jobs, at, bool(at) and len(ids) < limit, damaged)

    return database.look(read)


def count_waiting(database: Database, most: int = 1_000) -> int:
    """Jobs that wait for an approval, `most` at most."""
    sql = f"SELECT count(*) AS n FROM (SELECT 1 FROM job_versions w WHERE {_WAITS} LIMIT ?)"  # noqa: S608 - our own words
    return int(database.read(sql, (most,))[0]["n"])


# The partial index is found by its own condition only.
_WAITS = "w.state IN ('draft', 'pending') AND w.state = 'pending'"
_FACTS = "j.id, j.state, j.operator_key, j.expires, l.kind"


def _question(wanted: Wanted, after: str, now: datetime) -> tuple[str, tuple[Any, ...]]:
    """The rows in the order of the page, along one index."""
    if wanted.only is Only.ENDING:
        expires, bar, job = after.partition("|")
        if bool(after) != bool(bar):
            raise ValueError("this page is none")
        return (
            f"SELECT {_FACTS} FROM jobs j JOIN job_list l ON l.job = j.id"  # noqa: S608 - our own words
            " WHERE j.state NOT IN ('expired', 'revoked') AND (j.expires, j.id) > (?, ?) AND j.expires <= ?"
            " ORDER BY j.expires, j.id",
            (expires, job, stamp(now + SOON)),
        )
    key, source, where, values = _along(wanted)
    lower, first = (">", after) if after >= wanted.begins else (">=", wanted.begins)
    return (  # one bound below: of two, the index would be entered at the first
        f"SELECT {_FACTS} FROM {source} WHERE {where} AND {key} {lower} ? AND {key} < ? ORDER BY {key}",  # noqa: S608
        (*values, first, wanted.begins + "\U0010ffff"),
    )


def _along(wanted: Wanted) -> tuple[str, str, str, tuple[str, ...]]:
    """The id's column, the tables (the first one has the index), the condition that the index answers, its values."""
    by_list = "job_list l CROSS JOIN jobs j ON j.id = l.job"
    by_job = "jobs j CROSS JOIN job_list l ON l.job = j.id"
    state, kind, operator = wanted.state, wanted.kind, wanted.operator
    if wanted.only is Only.WAITING:
        waiting = "job_versions w CROSS JOIN jobs j ON j.id = w.job JOIN job_list l ON l.job = w.job"
        return "w.job", waiting, _WAITS, ()
    if wanted.only is Only.SPENT:
        return "l.job", by_list, "l.near = 1", ()
    if operator is not None:
        return "j.id", by_job, "j.operator_key = ?", (operator_key(operator),)
    if kind is not None:
        both = ("l.state = ? AND l.kind = ?", (str(state), str(kind))) if state else ("l.kind = ?", (str(kind),))
        return "l.job", by_list, *both
    if state is not None:
        return "j.id", by_job, "j.state = ?", (str(state),)
    return "j.id", by_job, "1", ()


def _filter(wanted: Wanted) -> Callable[[sqlite3.Row], bool]:
    """What the index may not have answered."""
    key = operator_key(wanted.operator) if wanted.operator is not None else None

    def fits(row: sqlite3.Row) -> bool:
        return (
            (wanted.state is None or row["state"] == wanted.state)
            and (wanted.kind is None or row["kind"] == wanted.kind)
            and (key is None or row["operator_key"] == key)
            and str(row["id"]).startswith(wanted.begins)
            and (wanted.only is not Only.SPENT or row["state"] in (JobState.APPROVED, JobState.EXHAUSTED))
        )

    return fits
