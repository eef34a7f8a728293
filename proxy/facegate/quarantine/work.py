"""One transaction on the records: what is looked up in it, and how each change of it is told, in history and ledger."""

import json
import sqlite3
from dataclasses import dataclass, field
from datetime import datetime

from facegate_addons.domain.job import Job

from facegate.errors import Conflict, NotFound
from facegate.jobs.lifecycle import SYSTEM, Actor
from facegate.jobs.record import operator_key
from facegate.ledger.chained import ChainedLedger
from facegate.moments import stamp
from facegate.quarantine import entries
from facegate.quarantine.entries import Release
from facegate.quarantine.lifecycle import Standing
from facegate.state import jobs as rows
from facegate.state.registry import LOCAL_JOB

_DECISIONS = "('confirmed', 'false-positive', 'release-asked', 'released', 'release-withdrawn', 'reopened', 'expired')"
_HEADER = "header"  # how inspection begins where a finding stands that is in a header


class Overtaken(Conflict):
    """Somebody else was first: it is not as it was when it was looked at."""


@dataclass(frozen=True, slots=True)
class Decided:
    """`was`: the state before. `revision`: the number of the record's last event, which changes with each."""

    id: str
    state: str
    was: str
    revision: int


@dataclass(slots=True)
class Work:
    """Lines go to the ledger before their change, and are on disk before the COMMIT; see desk.RecordsDesk.run."""

    connection: sqlite3.Connection
    ledger: ChainedLedger
    by: Actor
    now: datetime
    noted: int = field(default=0, init=False)

    def record(self, record_id: str, expected: str | None = None, seen: int | None = None) -> sqlite3.Row:
        """Raises NotFound; Overtaken when its state is not `expected`, or its last event not `seen`."""
        row: sqlite3.Row | None = self.connection.execute("SELECT * FROM records WHERE id = ?", (record_id,)).fetchone()
        if row is None:
            raise unknown(record_id)
        if (expected is not None and row["state"] != expected) or (
            seen is not None and revision_of(self.connection, record_id) != seen
        ):
            decided = last_decision(self.connection, record_id)
            raise Overtaken(
                f"record {record_id} is {row['state']}{f', {decided}' if decided else ''}; it is not what was looked "
                "at: look again"
            )
        return row

    def standing(self, row: sqlite3.Row) -> Standing:
        delivered = self.connection.execute(
            "SELECT 1 FROM releases WHERE record = ? AND state = 'delivered'", (row["id"],)
        ).fetchone()
        return Standing(
            row["id"],
            row["state"],
            over=is_over(row, self.now),
            gone=row["gone"] is not None,
            has_bytes=row["wrapped_key"] is not None,
            in_header=stands_in_header(row),
            delivered=delivered is not None,
            decided=last_decision(self.connection, row["id"]),
        )

    def tell(self, row: sqlite3.Row, event: str, note: str = "", to_job: str = "", **facts: object) -> None:
        """Into the ledger first: a line without its change is harmless, the reverse is not."""
        who = {"user": self.by.name, "via": self.by.via, **({"role": self.by.role} if self.by.role else {})}
        more = {"to_job": to_job} if to_job else {}
        self.ledger.append(
            {"event": f"record-{event}", "record": row["id"], "job": row["job"], "digest": row["digest"]}
            | {**who, "note": note, **more, **facts}
        )
        self.noted += 1
        self.connection.execute(
            "INSERT INTO history (record, at, event, user, note, job) VALUES (?, ?, ?, ?, ?, ?)",
            (row["id"], stamp(self.now), event, self.by.name, note, to_job),
        )

    def set_state(self, row: sqlite3.Row, state: str) -> Decided:
        self.connection.execute("UPDATE records SET state = ? WHERE seq = ?", (state, row["seq"]))
        return Decided(row["id"], state, row["state"], revision_of(self.connection, row["id"]))

    def runs_a_job_that_saw(self, row: sqlite3.Row) -> str | None:
        """The id of a job that this person runs and that was withheld this body."""
        found = self.connection.execute(
            "SELECT j.id FROM jobs j JOIN record_jobs r ON r.job = j.id WHERE j.operator_key = ? AND r.record = ?",
            (operator_key(self.by.name.removeprefix(SYSTEM)), row["seq"]),
        ).fetchone()
        if found is not None:
            return str(found["id"])
        local = self.connection.execute(
            "SELECT 1 FROM record_jobs WHERE job = ? AND record = ?", (LOCAL_JOB.id, row["seq"])
        ).fetchone()
        return LOCAL_JOB.id if local is not None and self.runs(LOCAL_JOB) else None

    def runs(self, job: Job) -> bool:
        return operator_key(job.operator) == operator_key(self.by.name.removeprefix(SYSTEM))

    def job(self, job_id: str) -> Job:
        """Raises NotFound, and Altered when its row was altered."""
        if job_id == LOCAL_JOB.id:
            return LOCAL_JOB
        found = rows.current(self.connection, job_id)
        if found is None:
            raise rows.unknown(job_id)
        return found[0]

    def release(self, of: str, job: str | None, states: tuple[str, ...]) -> Release:
        """By its own id; or by its record's, when one of that record, and of `job`, is in one of `states`."""
        row = self.connection.execute("SELECT * FROM releases WHERE id = ?", (of,)).fetchone()
        if row is not None:
            return entries.release(row)
        self.record(of)
        places = ", ".join("?" * len(states))
        found = self.connection.execute(
            f"SELECT * FROM releases WHERE record = ? AND state IN ({places})"  # noqa: S608 - our own words
            + (" AND job = ?" if job is not None else ""),
            (of, *states, *([job] if job is not None else [])),
        ).fetchall()
        if not found:
            raise Conflict(f"record {of} has no release that is {' or '.join(states)}")
        if len(found) > 1:
            ids = ", ".join(sorted(row["job"] for row in found))
            raise Conflict(f"record {of} has {len(found)} of them, to {ids}; say to which job")
        return entries.release(found[0])


def is_over(row: sqlite3.Row, now: datetime) -> bool:
    """Destroyed, or due to be: nobody looks at it any more, so nobody decides on it."""
    return row["gone"] is not None or (row["hold"] is None and row["expires"] <= stamp(now))


def stands_in_header(row: sqlite3.Row) -> bool:
    """Does what was found stand in a header? Its body is not what made it withheld then."""
    detail, found = str(row["detail"]), json.loads(row["findings"])
    return detail.startswith(_HEADER) or any(str(where).startswith(_HEADER) for *_, where in found)


def revision_of(connection: sqlite3.Connection, record_id: str) -> int:
    return int(connection.execute("SELECT max(seq) FROM history WHERE record = ?", (record_id,)).fetchone()[0] or 0)


def last_decision(connection: sqlite3.Connection, record_id: str) -> str:
    """ "confirmed by eve at 2026-03-01 06:00:00"; "" where nobody decided anything."""
    row = connection.execute(
        f"SELECT event, user, at FROM history WHERE record = ? AND event IN {_DECISIONS} ORDER BY seq DESC",  # noqa: S608
        (record_id,),
    ).fetchone()
    if row is None:
        return ""
    who = f" by {row['user']}" if row["user"] else ""
    return f"{row['event']}{who} at {row['at'][:19].replace('T', ' ')}"


def unknown(record_id: str) -> NotFound:
    return NotFound(f"no record {record_id!r}; `facegate quarantine list` shows what is there")
