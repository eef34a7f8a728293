"""What people do with jobs: the one layer below the command line, the HTTP API and the job files.

Each change is a ledger line first, on disk, with who, when and why: a line without its change is harmless, the reverse
is not.
"""

import hashlib
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from facegate_addons.domain.job import Job, JobState, Kind
from facegate_addons.domain.model import utc_now

from facegate.errors import Altered, Conflict
from facegate.jobs import lifecycle
from facegate.jobs.document import job_document
from facegate.jobs.lifecycle import Actor
from facegate.jobs.record import RegisteredJob, VersionState
from facegate.ledger.chained import ChainedLedger
from facegate.state import accumulation
from facegate.state import jobs as rows
from facegate.state.database import Database
from facegate.state.registry import LOCAL_JOB
from facegate.thresholds import Thresholds

TOKEN_BYTES = 32  # 256 random bits: a plain sha256 of them needs no salt and no slow hash
TAKEN_OVER = (
    "job {0!r} has a token that this file did not bring: token_sha256 replaces none of somebody else's; "
    "`facegate job token {0}` does"
)
SWEPT = 100  # jobs expired in one go
LONGEST_OVERLAP = timedelta(days=7)


class Change(StrEnum):
    """What registering did."""

    CREATED = "created"
    CHANGED = "changed"  # a new version
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Registration:
    """`token` is shown to nobody ever again; None when none was made."""

    job: RegisteredJob
    change: Change
    token: str | None = None


@dataclass(frozen=True)
class Approval:
    """`over`: the thresholds of accumulation that the operator's jobs pass with this one, and what they come to."""

    job: RegisteredJob
    over: dict[str, int]


@dataclass(frozen=True)
class Desk:
    database: Database
    ledger: ChainedLedger
    thresholds: Thresholds = field(default_factory=Thresholds)

    def register(
        self,
        job: Job,
        by: Actor,
        *,
        draft: bool = False,
        token: bool = True,
        token_hash: bytes | None = None,
        check: Callable[[RegisteredJob | None], None] = lambda before: None,
    ) -> Registration:
        """Saying the same again changes nothing and makes no token; something else is a new version.

        `token`: make one, for a job that is new. `token_hash`: that of one that was made elsewhere; the same again does
        not bring back what was replaced since. `check` may refuse by what is there, in the same transaction.
        """
        made = secrets.token_urlsafe(TOKEN_BYTES) if token and token_hash is None else None
        given = hash_of(made) if made is not None else token_hash

        def change(connection: sqlite3.Connection) -> Registration:
            if job.id == LOCAL_JOB.id:
                raise Conflict(f"the id {job.id!r} is built in; choose another")
            now = utc_now()
            before = rows.load(connection, job.id) if rows.exists(connection, job.id) else None
            check(before)
            after = lifecycle.registered(before, job, by, now, draft=draft)
            if token_hash is not None and rows.token_holder(connection, token_hash) not in (None, job.id):
                raise Conflict(f"the token of job {job.id!r} is another job's already; make a token for each job")
            brought = token_hash is not None and not rows.was_brought(connection, job.id, token_hash)
            if before is not None and brought and token_hash not in {held.hash for held in before.tokens}:
                if not lifecycle.may_bring_token(before, by):
                    raise Conflict(TAKEN_OVER.format(job.id))
                self._note("job-token-replaced", before, by, "brought with its registration")
            new_token = given is not None and (before is None or brought)
            if new_token and given not in {held.hash for held in after.tokens}:
                after = lifecycle.with_token(after, given, by, now, timedelta(0))  # type: ignore[arg-type]
            if before is not None and after == before:
                return Registration(before, Change.UNCHANGED)
            event = "job-registered" if before is None else "job-changed"
            version = after.waiting or after.current
            facts: dict[str, Any] = {"operator": after.operator, "document": job_document(version.job)}
            self._note(event, after, by, version=version.number, fingerprint=version.fingerprint, **facts)
            rows.save(connection, before, after)
            if token_hash is not None and brought:
                rows.bring(connection, job.id, token_hash)
            self._scope_ended(connection, before, after, now)
            said = Change.CREATED if before is None else Change.CHANGED
            return Registration(after, said, made if before is None else None)

        return self.database.write_now(change)

    def submit(self, job_id: str, by: Actor) -> RegisteredJob:
        return self._change(job_id, by, "job-submitted", lambda job, now: lifecycle.submitted(job, by, now))

    def approve(
        self, job_id: str, by: Actor, *, version: int | None = None, seen: str | None = None, why: str = ""
    ) -> Approval:
        """`seen`: the fingerprint of what was looked at."""
        over: dict[str, int] = {}

        def counted(connection: sqlite3.Connection, job: RegisteredJob, now: datetime) -> None:
            over.update(accumulation.count_scope(connection, self.ledger, job.job, self.thresholds, now))

        job = self._change(
            job_id,
            by,
            "job-approved",
            lambda job, now: lifecycle.approved(job, by, now, version=version, seen=seen, why=why),
            why,
            counted,
        )
        return Approval(job, over)

    def reject(self, job_id: str, by: Actor, why: str, *, version: int | None = None) -> RegisteredJob:
        return self._change(
            job_id, by, "job-rejected", lambda job, now: lifecycle.rejected(job, by, now, version=version, why=why), why
        )

    def withdraw(self, job_id: str, by: Actor, *, version: int | None = None) -> RegisteredJob:
        """What waits is taken back by those who run the job."""
        return self._change(
            job_id, by, "job-withdrawn", lambda job, now: lifecycle.withdrawn(job, by, now, version=version)
        )

    def revoke(self, job_id: str, by: Actor, why: str = "") -> None:
        """For good. A job whose row is damaged can be revoked, too."""
        try:
            self._change(job_id, by, "job-revoked", lambda job, now: lifecycle.revoked(job, by, now), why)
        except Altered:
            self._revoke_altered(job_id, by, why)

    def rotate_token(
        self, job_id: str, by: Actor, overlap: timedelta = timedelta(0), *, seen: int | None = None
    ) -> str:
        """A new token; the one before is worthless from now on, or `overlap` later. `seen`: the generation that was
        looked at: what is sent twice replaces it once."""
        if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
            raise Conflict(f"the overlap of two tokens has to be from 0 to {LONGEST_OVERLAP.days} days")
        token = secrets.token_urlsafe(TOKEN_BYTES)

        def replaced(job: RegisteredJob, now: datetime) -> RegisteredJob:
            after = lifecycle.with_token(job, hash_of(token), by, now, overlap)
            if seen is not None and seen != job.generation:
                raise Conflict(f"job {job_id!r}: its token was replaced since it was looked at; look again")
            return after

        self._change(
            job_id,
            by,
            "job-token-replaced",
            replaced,
            f"overlap {overlap}" if overlap else "",
        )
        return token

    def show(self, job_id: str) -> RegisteredJob:
        return self.database.look(lambda connection: rows.load(connection, job_id))

    def expire_due(self) -> int:
        """Mark jobs whose time has come. Returns how many: call again when it was SWEPT."""

        def change(connection: sqlite3.Connection) -> int:
            now = utc_now()
            due = connection.execute(
                "SELECT id FROM jobs WHERE state NOT IN ('expired', 'revoked') AND expires <= ? LIMIT ?",
                (now.isoformat(timespec="microseconds"), SWEPT),
            ).fetchall()
            for row in due:
                self.ledger.append({"event": "job-expired", "job": row["id"], "by": "facegate"})
                connection.execute("UPDATE jobs SET state = 'expired' WHERE id = ?", (row["id"],))
            return len(due)

        return self.database.write_now(change)

    def _change(
        self,
        job_id: str,
        by: Actor,
        event: str,
        change: Callable[[RegisteredJob, datetime], RegisteredJob],
        why: str = "",
        also: Callable[[sqlite3.Connection, RegisteredJob, datetime], None] | None = None,
    ) -> RegisteredJob:
        def run(connection: sqlite3.Connection) -> RegisteredJob:
            now = utc_now()
            before = rows.load(connection, job_id)
            after = change(before, now)
            decided = next((v for v in reversed(after.versions) if v not in before.versions), after.current)
            self._note(event, after, by, why, version=decided.number, fingerprint=decided.fingerprint)
            rows.save(connection, before, after)
            self._scope_ended(connection, before, after, now)
            if also is not None:
                also(connection, after, now)
            return after

        return self.database.write_now(run)

    def _note(self, event: str, job: RegisteredJob, by: Actor, why: str = "", **more: object) -> None:
        who = {"by": by.name, "via": by.via, **({"role": by.role} if by.role else {})}
        facts = {"fingerprint": job.current.fingerprint, "state": str(job.state), **more}
        self.ledger.append_now({"event": event, "job": job.id, **who, "why": why, **facts})

    def _scope_ended(
        self, connection: sqlite3.Connection, before: RegisteredJob | None, after: RegisteredJob, now: datetime
    ) -> None:
        """Did a targeted scope that was in force end with this change?"""
        was = before.in_force if before is not None and before.state is not JobState.REVOKED else None
        if was is None or was.job.scope.kind is Kind.UNTARGETED:
            return
        if after.state is JobState.REVOKED or after.in_force is None or after.in_force.number != was.number:
            accumulation.end_scope(connection, after.id, now)

    def _revoke_altered(self, job_id: str, by: Actor, why: str) -> None:
        def run(connection: sqlite3.Connection) -> None:
            self.ledger.append_now(
                {"event": "job-revoked", "job": job_id, "by": by.name, "via": by.via, "why": why, "altered": True}
            )
            now = utc_now().isoformat(timespec="microseconds")
            connection.execute("UPDATE jobs SET state = 'revoked', revoked = ? WHERE id = ?", (now, job_id))
            connection.execute("DELETE FROM job_tokens WHERE job = ?", (job_id,))
            accumulation.end_scope(connection, job_id, utc_now())

        self.database.write_now(run)


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def waits(job: RegisteredJob) -> bool:
    """Does somebody have to approve it?"""
    return job.waiting is not None and job.waiting.state is VersionState.PENDING
