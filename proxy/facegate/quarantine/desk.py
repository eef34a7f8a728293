"""What people do with records: the one layer below the command line, the HTTP API and the console.

Each change is a ledger line first, on disk before the COMMIT, with who, when and why: a line without its change is
harmless, the reverse is not.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from facegate_addons.domain.model import utc_now

from facegate.errors import ConfigError, Conflict, NotAllowed, NotFound, StateError
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.moments import stamp
from facegate.quarantine import lifecycle, releasing
from facegate.quarantine.entries import Release
from facegate.quarantine.lifecycle import CONFIRMED, FALSE_POSITIVE, Verb
from facegate.quarantine.vault import SealedVault
from facegate.quarantine.work import Decided, Work, is_over, revision_of
from facegate.state.database import Database
from facegate.thresholds import Thresholds

FLUSH_SECONDS = 10.0
LONGEST = 2_000  # characters of a reason or a note
_SAME_BODY = "SELECT seq, id FROM records WHERE digest = ? AND codings = ? AND state = ?"


@dataclass(frozen=True)
class RecordsDesk:
    """`expected_state` and `seen` are what was looked at: the state, the number of the last event. Where they no
    longer hold, Overtaken says who decided what and when."""

    database: Database
    ledger: ChainedLedger
    thresholds: Thresholds = field(default_factory=Thresholds)

    def confirm(
        self, record_id: str, by: Actor, note: str = "", *, expected_state: str | None = None, seen: int | None = None
    ) -> Decided:
        """A person looked and agrees that it was right to withhold it."""
        note = bounded(note)
        return self.run(by, lambda work: confirm(work, record_id, note, expected_state, seen))

    def false_positive(
        self, record_id: str, by: Actor, why: str, *, expected_state: str | None = None, seen: int | None = None
    ) -> Decided:
        """There is no face: this body passes from then on, for everybody, until the correction is revoked."""
        why = reason(why)
        return self.run(by, lambda work: false_positive(work, record_id, why, expected_state, seen))

    def reopen(
        self, record_id: str, by: Actor, why: str = "", *, expected_state: str | None = None, seen: int | None = None
    ) -> Decided:
        """Take back what was decided, and with it the correction or the releases that it made."""
        why = bounded(why)
        return self.run(by, lambda work: reopen(work, record_id, why, expected_state, seen))

    def note(self, record_id: str, by: Actor, text: str) -> Decided:
        text = reason(text, "a note has to say something")

        def change(work: Work) -> Decided:
            lifecycle.may_decide(by)
            row = work.record(record_id)
            work.tell(row, "noted", text)
            return Decided(record_id, row["state"], row["state"], revision_of(work.connection, record_id))

        return self.run(by, change)

    def ask_release(
        self,
        record_id: str,
        by: Actor,
        why: str,
        *,
        job: str | None = None,
        expected_state: str | None = None,
        seen: int | None = None,
    ) -> Release:
        """Let it through to `job` (None: its own), once. It waits for a second person where it takes two."""
        why = reason(why)
        return self.run(by, lambda work: releasing.ask(work, record_id, why, job, expected_state, seen))

    def second_release(self, of: str, by: Actor, why: str = "", *, job: str | None = None) -> Release:
        """`of`: the release's id, or its record's."""
        why = bounded(why)
        return self.run(by, lambda work: releasing.second(work, of, why, job))

    def withdraw_release(self, of: str, by: Actor, why: str = "", *, job: str | None = None) -> Release:
        """Before it was delivered."""
        why = bounded(why)
        return self.run(by, lambda work: releasing.withdraw(work, of, why, job))

    def revoke_correction(self, correction: int, by: Actor, why: str) -> Decided:
        """The body is withheld again from here on; its record is open, or expired when its bytes are gone."""
        why = reason(why)
        lifecycle.may_decide(by)

        def change(work: Work) -> Decided:
            found = work.connection.execute("SELECT * FROM corrections WHERE seq = ?", (correction,)).fetchone()
            if found is None:
                raise NotFound(
                    f"no correction {correction}; `facegate quarantine corrections list` shows what is there"
                )
            if found["revoked"] is not None:
                raise Conflict(f"correction {correction} is revoked since {found['revoked'][:19]}")
            row = work.record(found["record"])
            if row["state"] == FALSE_POSITIVE:
                return reopen(work, row["id"], why)
            facts = _revoked(work, row, why)
            work.tell(row, "correction-revoked", why, **facts)
            return work.set_state(row, row["state"])

        return self.run(by, change)

    def export(self, vault: SealedVault, record_id: str, by: Actor, why: str) -> bytes:
        """The bytes, decrypted. Who took them, and why, is in the history and the ledger before this returns."""
        why = reason(why)
        lifecycle.may_decide(by)
        body = vault.open(record_id)

        def change(work: Work) -> None:
            row = work.record(record_id)
            if is_over(row, work.now):
                raise Conflict(f"record {record_id} has expired; it can no longer be looked at")
            not_their_own(work, row)
            work.tell(row, "exported", why)

        self.run(by, change)
        return body

    def deliver_by_export(self, vault: SealedVault, release_id: str, by: Actor) -> bytes:
        """The bytes of a granted release, once."""
        lifecycle.may_decide(by)
        rows = self.database.read("SELECT record FROM releases WHERE id = ?", (release_id,))
        if not rows:
            raise NotFound(f"no release {release_id!r}; `facegate quarantine show RECORD` shows those of a record")
        body = vault.open(rows[0]["record"])
        self.run(by, lambda work: releasing.deliver_by_export(work, release_id, self.thresholds))
        return body

    def run[T](self, by: Actor, change: Callable[[Work], T]) -> T:
        """One transaction; what was told in it is on disk before its COMMIT."""

        def whole(connection: sqlite3.Connection) -> T:
            work = Work(connection, self.ledger, by, utc_now())
            result = change(work)
            if work.noted and not self.ledger.flush(FLUSH_SECONDS):
                raise StateError("the ledger cannot be written; nothing was changed. Check the disk's space")
            return result

        return self.database.write_now(whole)


def confirm(work: Work, record_id: str, note: str, expected: str | None = None, seen: int | None = None) -> Decided:
    lifecycle.may_decide(work.by)
    row = work.record(record_id, expected, seen)
    lifecycle.decide(work.standing(row), Verb.CONFIRM)
    work.tell(row, "confirmed", note)
    return work.set_state(row, CONFIRMED)


def false_positive(
    work: Work, record_id: str, why: str, expected: str | None = None, seen: int | None = None
) -> Decided:
    lifecycle.named(work.by)
    row = work.record(record_id, expected, seen)
    lifecycle.decide(work.standing(row), Verb.FALSE_POSITIVE)
    not_their_own(work, row)
    work.tell(row, "false-positive", why)
    releasing.withdraw_all(work, record_id, "it passes by itself")
    work.connection.execute(
        "INSERT INTO corrections (digest, codings, record, by, why, at) SELECT ?, ?, ?, ?, ?, ?"
        " WHERE NOT EXISTS (SELECT 1 FROM corrections WHERE digest = ? AND codings = ? AND revoked IS NULL)",
        (row["digest"], row["codings"], record_id, work.by.name, why, stamp(work.now), row["digest"], row["codings"]),
    )
    return work.set_state(row, FALSE_POSITIVE)


def not_their_own(work: Work, row: sqlite3.Row) -> None:
    """What was withheld from a job is not for the person who runs it."""
    if (job := work.runs_a_job_that_saw(row)) is not None:
        raise NotAllowed(f"{work.by.name} runs job {job!r}, which this was withheld from; another person has to decide")


def reopen(work: Work, record_id: str, why: str, expected: str | None = None, seen: int | None = None) -> Decided:
    lifecycle.may_decide(work.by)
    row = work.record(record_id, expected, seen)
    after = lifecycle.decide(work.standing(row), Verb.REOPEN)
    facts: dict[str, Any] = _revoked(work, row, why) if row["state"] == FALSE_POSITIVE else {}
    work.tell(row, "reopened", why, was=row["state"], **facts)
    releasing.withdraw_all(work, record_id, why)
    return work.set_state(row, after)


def _revoked(work: Work, row: sqlite3.Row, why: str) -> dict[str, Any]:
    """The correction of this body, and with it what other records of the same body, which are over, made of it."""
    body = (row["digest"], row["codings"])
    standing = work.connection.execute(
        "SELECT seq FROM corrections WHERE digest = ? AND codings = ? AND revoked IS NULL", body
    ).fetchone()
    work.connection.execute(
        "UPDATE corrections SET revoked = ?, revoked_by = ?, revoked_why = ?"
        " WHERE digest = ? AND codings = ? AND revoked IS NULL",
        (stamp(work.now), work.by.name, why, *body),
    )
    for other in work.connection.execute(_SAME_BODY, (*body, FALSE_POSITIVE)).fetchall():
        if other["seq"] != row["seq"]:
            full = work.record(other["id"])
            work.tell(full, "reopened", why, was=FALSE_POSITIVE)
            work.set_state(full, lifecycle.decide(work.standing(full), Verb.REOPEN))
    return {"correction": standing["seq"]} if standing is not None else {}


def reason(text: str, otherwise: str = "a reason has to say why: it stands in the ledger") -> str:
    if len(text.strip()) < 3:
        raise ConfigError(otherwise)
    return bounded(text)


def bounded(text: str) -> str:
    text = text.strip()
    if len(text) > LONGEST:
        raise ConfigError(f"a reason has at most {LONGEST} characters")
    return text
