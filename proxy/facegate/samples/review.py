"""What people do with sampled pictures: look, say whether there is a face, and no more. Nothing goes unrecorded."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from facegate_addons.domain.model import utc_now

from facegate.errors import Conflict, NotAllowed
from facegate.jobs.lifecycle import REVIEWERS, SYSTEM, Actor
from facegate.ledger.chained import ChainedLedger
from facegate.moments import stamp
from facegate.samples.store import SampleStore, unknown
from facegate.state.database import Database

STATES = ("open", "face", "no-face", "expired")
PAGE = 50
_SHOWN = ("seq", "id", "at", "job", "kind", "size", "rate", "state", "expires", "decided", "by", "why", "digest")


@dataclass(frozen=True)
class Page:
    """Oldest first: what expires next is looked at first. `next`: pass it as `after`; None at the end."""

    samples: list[dict[str, Any]]
    next: int | None


def list_samples(
    database: Database, *, state: str | None = "open", job: str | None = None, after: int = 0, limit: int = PAGE
) -> Page:
    where, values = ["seq > ?"], list[Any]([after])
    for condition, value in (("state = ?", state), ("job = ?", job)):
        if value is not None:
            where.append(condition)
            values.append(value)
    sql = f"SELECT {', '.join(_SHOWN)} FROM samples WHERE {' AND '.join(where)} ORDER BY seq LIMIT ?"  # noqa: S608
    rows = database.read(sql, (*values, limit + 1))
    return Page([dict(row) for row in rows[:limit]], rows[limit - 1]["seq"] if len(rows) > limit else None)


def show(database: Database, sample_id: str) -> dict[str, Any]:
    rows = database.read(f"SELECT {', '.join(_SHOWN)}, codings FROM samples WHERE id = ?", (sample_id,))  # noqa: S608
    if not rows:
        raise unknown(sample_id)
    return dict(rows[0]) | {"codings": json.loads(rows[0]["codings"])}


def counts(database: Database) -> dict[str, int]:
    found = {row["state"]: row["n"] for row in database.read("SELECT state, count(*) AS n FROM samples GROUP BY state")}
    return {state: found.get(state, 0) for state in STATES}


def reveal(store: SampleStore, ledger: ChainedLedger, sample_id: str, *, by: Actor, reason: str) -> bytes:
    """The picture's bytes. Who looks, and why, is in the ledger before this returns. Raises FacegateError."""
    why = _reason(reason)
    _may(by)
    row = show(store.database, sample_id)
    body = store.open(sample_id)
    ledger.append_now({"event": "sample-revealed", **_facts(row), "user": by.name, "via": by.via, "note": why})
    return body


def decide(
    store: SampleStore, ledger: ChainedLedger, decisions: Mapping[str, bool], *, by: Actor, reason: str = ""
) -> list[str]:
    """`decisions`: id -> whether a face is to be seen. All of them, or none; and their bytes are destroyed at once.
    What is said once stays: nobody can look again. Returns the ids."""
    _may(by)

    def change(connection: sqlite3.Connection) -> list[str]:
        now, job = stamp(utc_now()), None
        for sample_id, face in decisions.items():
            row = connection.execute("SELECT * FROM samples WHERE id = ?", (sample_id,)).fetchone()
            if row is None:
                raise unknown(sample_id)
            if row["state"] != "open":
                raise Conflict(f"sample {sample_id} is {row['state']}; only an open one can be decided")
            if row["job"] != job:
                _another(connection, job := str(row["job"]), by)
            ledger.append(
                {"event": "sample-decided", **_facts(row), "face": face, "user": by.name, "via": by.via}
                | {"role": by.role or "", "note": reason.strip()}
            )
            connection.execute(
                "UPDATE samples SET state = ?, wrapped_key = NULL, decided = ?, by = ?, why = ? WHERE id = ?",
                ("face" if face else "no-face", now, by.name, reason.strip(), sample_id),
            )
        ledger.append_now({"event": "samples-decided", "samples": len(decisions), "user": by.name, "via": by.via})
        return list(decisions)

    done: list[str] = store.database.write_now(change)
    store.forget(done)
    return done


def purge(ledger: ChainedLedger, store: SampleStore, now: datetime) -> list[str]:
    """Destroy what nobody decided in time: it counts as undecided."""
    gone = store.purge(now)
    if gone:
        ledger.append_now({"event": "samples-purged", "samples": len(gone)})
    return gone


def by_rate(database: Database, job: str | None, since: str, until: str) -> Sequence[sqlite3.Row]:
    """Samples that were drawn from `since` until before `until` ("" for no end): rate, state, how many."""
    return database.read(
        "SELECT rate, state, count(*) AS n FROM samples WHERE at >= ?1 AND (?2 = '' OR at < ?2)"
        " AND (?3 IS NULL OR job = ?3) GROUP BY 1, 2 ORDER BY 1, 2",
        (since, until, job),
    )


def _facts(row: sqlite3.Row | Mapping[str, Any]) -> dict[str, Any]:
    return {"sample": row["id"], "job": row["job"], "digest": row["digest"], "rate": row["rate"], "drawn": row["at"]}


def _may(by: Actor) -> None:
    """Who is named has to have the role. Who runs the command line may write the home, and could give it to itself."""
    if by.role is not None and by.role not in REVIEWERS:
        raise NotAllowed(f"{by.name} is {by.role}; this takes a reviewer or an admin")


def _another(connection: sqlite3.Connection, job: str, by: Actor) -> None:
    """Nobody says of their own crawl that nothing was missed."""
    row = connection.execute("SELECT operator FROM jobs WHERE id = ?", (job,)).fetchone()
    if row is not None and replace(by, name=by.name.removeprefix(SYSTEM)).is_called(row["operator"]):
        raise NotAllowed(f"{by.name} runs job {job!r}; another person has to look at its samples")


def _reason(text: str) -> str:
    if len(text.strip()) < 3:
        raise Conflict("a look takes a reason: it stands in the ledger")
    return text.strip()
