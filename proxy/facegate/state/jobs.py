"""What people do with jobs: register, approve, revoke, replace the token. Each change is a ledger line first."""

import hashlib
import secrets
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from facegate_addons.domain.job import Job, JobState, Kind
from facegate_addons.domain.model import utc_now

from facegate.errors import ConfigError, StateError
from facegate.state.database import Database
from facegate.state.ledger import ChainedLedger
from facegate.state.registry import LOCAL_JOB
from facegate.state.rows import compact, fingerprint, frozen, job_from_row, scope_as_json
from facegate.state.users import reviewer

TOKEN_BYTES = 32  # 256 random bits: a plain sha256 of them needs no salt and no slow hash


@dataclass(frozen=True)
class RegisteredJob:
    """A job and what became of it. The token is never among it."""

    job: Job
    releases: int
    registered: datetime
    approved: datetime | None
    approver: str | None
    revoked: datetime | None

    def as_json(self) -> dict[str, Any]:
        def stamp(at: datetime | None) -> str | None:
            return at.isoformat() if at else None

        return {
            "id": self.job.id,
            "operator": self.job.operator,
            "purpose": self.job.purpose,
            "state": str(self.job.state),
            "scope": scope_as_json(self.job.scope),
            "streams": str(self.job.streams),
            "websocket": str(self.job.websocket),
            "fingerprint": fingerprint(self.job),
            "releases": self.releases,
            "registered": stamp(self.registered),
            "approved": stamp(self.approved),
            "approver": self.approver,
            "revoked": stamp(self.revoked),
        }


def register(database: Database, ledger: ChainedLedger, job: Job) -> tuple[Job, str]:
    """The job as it now stands, and its token, which is kept nowhere. A targeted job waits for its approval."""
    waits = job.scope.kind is not Kind.UNTARGETED
    job = replace(job, state=JobState.PENDING if waits else JobState.ACTIVE)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    if job.id == LOCAL_JOB.id:
        raise ConfigError(f"the id {job.id!r} is built in; choose another")

    def insert(connection: sqlite3.Connection) -> None:
        if connection.execute("SELECT 1 FROM jobs WHERE id = ?", (job.id,)).fetchone():
            raise ConfigError(
                f"a job {job.id!r} is registered already and a registered job is frozen; choose another id"
            )
        now = utc_now()
        _note(ledger, "job-registered", job, operator=job.operator, scope=frozen(job))
        expires = job.scope.expires.isoformat() if job.scope.expires else None
        connection.execute(
            "INSERT INTO jobs (id, operator, purpose, scope, fingerprint, kind, expires, max_releases, state,"
            " token_hash, registered) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(job.id, job.operator, job.purpose, compact(frozen(job)), fingerprint(job)),
                *(str(job.scope.kind), expires, job.scope.max_releases, str(job.state)),
                *(token_hash(token), now.isoformat()),
            ),
        )

    database.write_now(insert)
    return job, token


def approve(database: Database, ledger: ChainedLedger, job_id: str, user: str) -> Job:
    """`user` is an added reviewer or admin, and not who runs the job: two people, or no approval."""

    def change(connection: sqlite3.Connection) -> Job:
        by = reviewer(connection, user)
        job = job_from_row(_row(connection, job_id))
        if job.scope.kind is Kind.UNTARGETED:
            raise ConfigError(f"job {job_id!r} is untargeted: it is active without an approval")
        if job.state is not JobState.PENDING:
            raise ConfigError(f"job {job_id!r} is {job.state}; only a pending job can be approved")
        if job.operator.casefold() == by.casefold():
            raise ConfigError(f"{by} runs job {job_id!r}; another person has to approve it")
        now = utc_now()
        if job.scope.expires is None or job.scope.expires <= now:
            raise ConfigError(f"job {job_id!r} has expired; register it anew with a later date")
        _note(ledger, "job-approved", job, user=by)
        connection.execute(
            "UPDATE jobs SET state = 'approved', approved = ?, approver = ? WHERE id = ?", (now.isoformat(), by, job_id)
        )
        return replace(job, state=JobState.APPROVED)

    return database.write_now(change)


def revoke(database: Database, ledger: ChainedLedger, job_id: str) -> None:
    """For good: the id stays taken. A job whose row is damaged can be revoked too."""

    def change(connection: sqlite3.Connection) -> None:
        row = _row(connection, job_id)
        if row["state"] == "revoked":
            raise ConfigError(f"job {job_id!r} is revoked already")
        ledger.append_now({"event": "job-revoked", "job": job_id, "fingerprint": row["fingerprint"]})
        connection.execute(
            "UPDATE jobs SET state = 'revoked', revoked = ? WHERE id = ?", (utc_now().isoformat(), job_id)
        )

    database.write_now(change)


def rotate_token(database: Database, ledger: ChainedLedger, job_id: str) -> str:
    """A new token; the old one is worthless from now on."""
    token = secrets.token_urlsafe(TOKEN_BYTES)

    def change(connection: sqlite3.Connection) -> None:
        job = job_from_row(_row(connection, job_id))
        if job.state is JobState.REVOKED:
            raise ConfigError(f"job {job_id!r} is revoked; register a new one")
        _note(ledger, "job-token-replaced", job)
        connection.execute("UPDATE jobs SET token_hash = ? WHERE id = ?", (token_hash(token), job_id))

    database.write_now(change)
    return token


def show(database: Database, job_id: str) -> RegisteredJob:
    rows = database.read("SELECT * FROM jobs WHERE id = ?", (job_id,))
    if not rows:
        raise _unknown(job_id)
    return _registered(rows[0])


def list_jobs(database: Database) -> tuple[list[RegisteredJob], list[str]]:
    """All jobs by id, and one line for each row that is not what was registered."""
    jobs, damaged = [], []
    for row in database.read("SELECT * FROM jobs ORDER BY id"):
        try:
            jobs.append(_registered(row))
        except StateError as error:
            damaged.append(str(error))
    return jobs, damaged


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _note(ledger: ChainedLedger, event: str, job: Job, **more: object) -> None:
    """Written before the change is committed: a line without its change is harmless, the reverse is not."""
    ledger.append_now({"event": event, "job": job.id, "fingerprint": fingerprint(job), **more})


def _row(connection: sqlite3.Connection, job_id: str) -> sqlite3.Row:
    row: sqlite3.Row | None = connection.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
    if row is None:
        raise _unknown(job_id)
    return row


def _unknown(job_id: str) -> ConfigError:
    return ConfigError(f"no job {job_id!r}; `facegate job list` shows what is registered")


def _registered(row: sqlite3.Row) -> RegisteredJob:
    def at(name: str) -> datetime | None:
        return datetime.fromisoformat(row[name]) if row[name] else None

    registered = datetime.fromisoformat(row["registered"])
    return RegisteredJob(job_from_row(row), row["releases"], registered, at("approved"), row["approver"], at("revoked"))
