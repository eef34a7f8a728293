"""Jobs as rows: loaded whole, saved whole, paged. A row that does not say what was registered is refused."""

import functools
import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from facegate_addons.domain.job import Job, JobState

from facegate.errors import Altered, NotFound
from facegate.jobs.document import compact, current_form, fingerprint, job_document, job_from_document
from facegate.jobs.record import RegisteredJob, Spent, Token, Version, VersionState
from facegate.jobs.record import operator_key as operator_key  # for those who know rows only
from facegate.state.database import Database

PAGE = 1_000  # jobs of one page at most
_BROUGHT = "job-token-brought:"  # settings: a list of hashes, the last at the end
BROUGHT_MAX = 100  # of one job

_CURRENT = (
    "SELECT j.*, v.body, v.fingerprint, v.version, v.state AS standing FROM jobs j JOIN job_versions v ON v.job = j.id"
    " AND v.version = j.current WHERE j.id = ?"
)

_LIVE = (JobState.ACTIVE, JobState.APPROVED, JobState.EXHAUSTED)  # a version of it is in force
_ENDED = (JobState.EXPIRED, JobState.REVOKED)


def load(connection: sqlite3.Connection, job_id: str) -> RegisteredJob:
    """Raises NotFound, and StateError when a row was altered."""
    row = connection.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
    if row is None:
        raise unknown(job_id)
    return _job(connection, row)


def exists(connection: sqlite3.Connection, job_id: str) -> bool:
    return connection.execute("SELECT 1 FROM jobs WHERE id = ?", (job_id,)).fetchone() is not None


def save(connection: sqlite3.Connection, before: RegisteredJob | None, job: RegisteredJob) -> None:
    """Write what differs between the two. Counts are not of it: they are written where they are spent."""
    known = {} if before is None else {v.number: v for v in before.versions}
    # what leaves "in force" or "waiting" first: there is one of each at most
    for version in sorted(job.versions, key=lambda v: v.state in (VersionState.IN_FORCE, VersionState.PENDING)):
        old = known.get(version.number)
        if old is None:
            _insert_version(connection, job.id, version)
        elif (old.state, old.decider, old.decided, old.why) != (
            version.state,
            version.decider,
            version.decided,
            version.why,
        ):
            connection.execute(
                "UPDATE job_versions SET state = ?, decider = ?, decided = ?, why = ? WHERE job = ? AND version = ?",
                (str(version.state), version.decider, _stamp(version.decided), version.why, job.id, version.number),
            )
    expires = job.current.job.scope.expires
    facts = (job.operator, operator_key(job.operator), str(job.state), job.current.number, _stamp(expires))
    if before is None:
        connection.execute(
            "INSERT INTO jobs (id, operator, operator_key, state, current, expires, registered)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (job.id, *facts, _stamp(job.registered)),
        )
    else:
        connection.execute(
            "UPDATE jobs SET operator = ?, operator_key = ?, state = ?, current = ?, expires = ?, revoked = ?"
            " WHERE id = ?",
            (*facts, _stamp(job.revoked), job.id),
        )
    _save_tokens(connection, job, () if before is None else before.tokens)


def current(connection: sqlite3.Connection, job_id: str) -> tuple[Job, Spent, str] | None:
    """The version whose word counts, what is spent, and the operator's key; None for a job that is not there."""
    row = connection.execute(_CURRENT, (job_id,)).fetchone()
    if row is None:
        return None
    return _as_it_is(row), _spent(row), row["operator_key"]


def tokens(connection: sqlite3.Connection, job_id: str) -> tuple[Token, ...]:
    rows = connection.execute("SELECT * FROM job_tokens WHERE job = ? ORDER BY generation", (job_id,))
    return tuple(Token(row["hash"], row["generation"], _at(row["until"])) for row in rows)


def token_holder(connection: sqlite3.Connection, hashed: bytes) -> str | None:
    """The id of the job whose token has this hash."""
    row = connection.execute("SELECT job FROM job_tokens WHERE hash = ?", (hashed,)).fetchone()
    return str(row["job"]) if row is not None else None


def was_brought(connection: sqlite3.Connection, job_id: str, hashed: bytes) -> bool:
    """Did this job have it before, by a file or otherwise, whatever replaced it since?"""
    return hashed.hex() in _brought(connection, job_id)


def bring(connection: sqlite3.Connection, job_id: str, hashed: bytes) -> None:
    """Remember it, so that a file which still names it does not bring back what somebody replaced."""
    known = [each for each in _brought(connection, job_id) if each != hashed.hex()]
    connection.execute(
        "INSERT INTO settings VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
        (f"{_BROUGHT}{job_id}", json.dumps([*known, hashed.hex()][-BROUGHT_MAX:])),
    )


def _brought(connection: sqlite3.Connection, job_id: str) -> list[str]:
    row = connection.execute("SELECT value FROM settings WHERE name = ?", (f"{_BROUGHT}{job_id}",)).fetchone()
    if row is None:
        return []
    value = str(row["value"])
    return list(json.loads(value)) if value.startswith("[") else [value]  # once there was the last one alone


def written_by(connection: sqlite3.Connection, prefix: str) -> dict[str, str]:
    """The jobs that live, and whose newest version has an author that begins so; and who that is."""
    found = connection.execute(
        "SELECT v.job, v.author FROM job_versions v JOIN jobs j ON j.id = v.job"
        " WHERE substr(v.author, 1, ?) = ? AND j.state NOT IN ('expired', 'revoked')"
        " AND v.version = (SELECT max(version) FROM job_versions WHERE job = v.job)",
        (len(prefix), prefix),
    )
    return {row["job"]: row["author"] for row in found}


@dataclass(frozen=True)
class Page:
    """`next`: the id to go on after, None at the end. `damaged`: a line for each row that was altered."""

    jobs: list[RegisteredJob]
    next: str | None
    damaged: list[str]


def list_jobs(
    database: Database,
    *,
    state: str | None = None,
    operator: str | None = None,
    after: str = "",
    limit: int = PAGE,
) -> Page:
    """By id, from behind `after` on. As quick at the end of a million as at the beginning."""
    wheres, values = ["id > ?"], [after]
    if state is not None:
        wheres.append("state = ?")
        values.append(state)
    if operator is not None:
        wheres.append("operator_key = ?")
        values.append(operator_key(operator))

    def read(connection: sqlite3.Connection) -> Page:
        rows = connection.execute(
            f"SELECT * FROM jobs WHERE {' AND '.join(wheres)} ORDER BY id LIMIT ?",  # noqa: S608 - our own words
            (*values, limit + 1),
        ).fetchall()
        jobs, damaged = [], []
        for row in rows[:limit]:
            try:
                jobs.append(_job(connection, row))
            except Altered as error:
                damaged.append(str(error))
        return Page(jobs, rows[limit - 1]["id"] if len(rows) > limit else None, damaged)

    return database.look(read)


def unknown(job_id: str) -> NotFound:
    return NotFound(f"no job {job_id!r}; `facegate job list` shows what is registered")


def _job(connection: sqlite3.Connection, row: sqlite3.Row) -> RegisteredJob:
    state = JobState(row["state"])
    versions = connection.execute("SELECT * FROM job_versions WHERE job = ? ORDER BY version", (row["id"],))
    registered = _at(row["registered"])
    assert registered is not None
    job = RegisteredJob(
        row["id"],
        row["operator"],
        state,
        tuple(_version(version, state) for version in versions),
        tokens(connection, row["id"]),
        registered,
        _spent(row),
        _at(row["revoked"]),
    )
    if not job.versions or job.current.number != row["current"]:
        raise altered(job.id)
    _agree(row, job.job, job.current.state)
    return job


def _agree(row: sqlite3.Row, job: Job, standing: VersionState) -> None:
    """Do the columns beside a version say what it says? Raises Altered."""
    state = JobState(row["state"])
    columns = (row["operator"], row["operator_key"], _at(row["expires"]))
    if columns != (job.operator, operator_key(job.operator), job.scope.expires):
        raise altered(job.id)
    if state not in _ENDED and (state in _LIVE) != (standing is VersionState.IN_FORCE):
        raise altered(job.id)


def altered(job_id: str) -> Altered:
    return Altered(f"job {job_id!r}: its row was altered outside facegate; revoke it and register anew")


def _version(row: sqlite3.Row, state: JobState) -> Version:
    at = _at(row["at"])
    assert at is not None
    return Version(
        row["version"],
        replace(_document(row["job"], row["body"], row["fingerprint"]), state=state, version=row["version"]),
        row["fingerprint"],
        VersionState(row["state"]),
        row["author"],
        at,
        row["decider"],
        _at(row["decided"]),
        row["why"],
    )


def _as_it_is(row: sqlite3.Row) -> Job:
    job = _document(row["id"], row["body"], row["fingerprint"])
    _agree(row, job, VersionState(row["standing"]))
    return replace(job, state=JobState(row["state"]), version=row["version"])


@functools.lru_cache(maxsize=4_096)
def _document(job_id: str, body: str, expected: str) -> Job:
    """Raises Altered when the row was altered after it was registered."""
    if fingerprint(body) != expected:
        raise altered(job_id)
    try:
        job = job_from_document(current_form(json.loads(body)), JobState.DRAFT)
    except (ValueError, TypeError):
        raise Altered(f"job {job_id!r}: its row is damaged; revoke it and register anew") from None
    if job.id != job_id:
        raise altered(job_id)
    return job


def _insert_version(connection: sqlite3.Connection, job_id: str, version: Version) -> None:
    connection.execute(
        "INSERT INTO job_versions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(job_id, version.number, compact(job_document(version.job)), version.fingerprint),
            *(str(version.job.scope.kind), str(version.state), version.author, _stamp(version.at)),
            *(version.decider, _stamp(version.decided), version.why),
        ),
    )


def _save_tokens(connection: sqlite3.Connection, job: RegisteredJob, before: Iterable[Token]) -> None:
    known = set(before)
    kept = {token.hash for token in job.tokens}
    for token in known - set(job.tokens):
        connection.execute("DELETE FROM job_tokens WHERE hash = ?", (token.hash,))
        if token.hash not in kept:
            bring(connection, job.id, token.hash)
    for token in set(job.tokens) - known:
        connection.execute(
            "INSERT INTO job_tokens VALUES (?, ?, ?, ?)", (token.hash, job.id, token.generation, _stamp(token.until))
        )


def _spent(row: sqlite3.Row) -> Spent:
    return Spent(row["releases"], row["faces"], row["responses"], row["bytes"])


def _stamp(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at is not None else None


def _at(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
