"""What people do with the quarantine: list, look at one, confirm, release, export, purge. Nothing goes unrecorded."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from facegate_addons.domain.model import QuarantineRecord, utc_now

from facegate.errors import ConfigError
from facegate.state.database import Database
from facegate.state.jobs import operator_key
from facegate.state.ledger import ChainedLedger
from facegate.state.registry import LOCAL_JOB
from facegate.state.rows import record_from_row, stamp
from facegate.state.users import SystemUser, reviewer
from facegate.state.vault import FileVault

STATES = ("open", "confirmed", "released", "expired")


@dataclass(frozen=True)
class Page:
    """Newest first. `next` leads to the following page: pass it as `before`; None at the end."""

    records: list[dict[str, Any]]
    next: int | None


def list_records(
    database: Database,
    *,
    job: str | None = None,
    state: str | None = None,
    limit: int = 50,
    before: int | None = None,
) -> Page:
    """Pages by key, not by offset: as quick at the end as at the beginning."""
    where, values = ["1"], list[Any]()
    for condition, value in (("job = ?", job), ("state = ?", state), ("seq < ?", before)):
        if value is not None:
            where.append(condition)
            values.append(value)
    sql = f"SELECT * FROM records WHERE {' AND '.join(where)} ORDER BY seq DESC LIMIT ?"  # noqa: S608 - constants
    rows = database.read(sql, (*values, limit + 1))
    following = rows[limit - 1]["seq"] if len(rows) > limit else None
    return Page([_summary(row) for row in rows[:limit]], following)


def show(database: Database, record_id: str) -> tuple[QuarantineRecord, list[dict[str, str]]]:
    """The record and what happened to it, oldest first."""
    rows = database.read("SELECT * FROM records WHERE id = ?", (record_id,))
    if not rows:
        raise _unknown(record_id)
    events = database.read("SELECT at, event, user, note, job FROM history WHERE record = ? ORDER BY seq", (record_id,))
    return record_from_row(rows[0]), [dict(row) for row in events]


def confirm(database: Database, ledger: ChainedLedger, record_id: str, user: str | SystemUser, note: str = "") -> None:
    """A person looked and agrees that it was right to withhold it."""

    def change(connection: sqlite3.Connection) -> None:
        by = str(user) if isinstance(user, SystemUser) else _known(connection, user)
        row = _row(connection, record_id)
        if row["state"] != "open":
            raise ConfigError(f"record {record_id} is {row['state']}; only an open one can be confirmed")
        _event(connection, ledger, row, "confirmed", by, note)
        connection.execute("UPDATE records SET state = 'confirmed' WHERE id = ?", (record_id,))

    database.write_now(change)


def release(
    database: Database,
    ledger: ChainedLedger,
    record_id: str,
    *,
    user: str | SystemUser,
    reason: str,
    job: str | None = None,
) -> None:
    """A reviewer lets it through to `job` (None: its own), for `reason`. It is recorded; delivering it is not part
    of this."""
    reason = _reason(reason)

    def change(connection: sqlite3.Connection) -> None:
        by = _reviewer(connection, user)
        row = _row(connection, record_id)
        if row["state"] in ("expired", "released"):
            raise ConfigError(f"record {record_id} is {row['state']}; it cannot be released")
        to_job: str = row["job"] if job is None else job
        name = user.name if isinstance(user, SystemUser) else by
        if operator_key(_operator(connection, to_job)) == operator_key(name):
            raise ConfigError(f"{by} runs job {to_job!r}; another person has to release to it")
        _event(connection, ledger, row, "released", by, reason, to_job=to_job)
        connection.execute("UPDATE records SET state = 'released' WHERE id = ?", (record_id,))

    database.write_now(change)


def export(
    database: Database, ledger: ChainedLedger, vault: FileVault, record_id: str, *, user: str | SystemUser, reason: str
) -> bytes:
    """The bytes, decrypted. Who took them, and why, is in the history and the ledger before this returns."""
    reason = _reason(reason)
    record, _ = show(database, record_id)
    if record.expires <= utc_now():
        raise ConfigError(f"record {record_id} has expired; it can no longer be looked at")
    body = vault.open(record_id)

    def change(connection: sqlite3.Connection) -> None:
        by = _reviewer(connection, user)
        _event(connection, ledger, _row(connection, record_id), "exported", by, reason)

    database.write_now(change)
    return body


def purge(ledger: ChainedLedger, vault: FileVault, now: datetime) -> list[str]:
    """Destroy the keys and the bytes of what has expired; the records stay. Returns their ids."""
    gone = vault.purge(now)
    for record_id in gone:
        ledger.append({"event": "record-purged", "record": record_id})
    ledger.append_now({"event": "purge", "records": len(gone)})
    return gone


def as_json(record: QuarantineRecord, history: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "id": record.id,
        "job": record.job,
        "url": record.url,
        "digest": record.digest,
        "size": record.size,
        "content_type": record.content_type,
        "codings": list(record.codings),
        "reason": str(record.reason),
        "detail": record.detail,
        "state": record.state,
        "at": stamp(record.at),
        "expires": stamp(record.expires),
        "versions": dict(record.versions),
        "faces": [{"box": list(f.box), "score": f.score, "where": f.where} for f in record.findings],
        "history": history,
    }


def _summary(row: sqlite3.Row) -> dict[str, Any]:
    names = ("id", "at", "job", "host", "url", "reason", "faces", "state", "size", "content_type", "digest", "expires")
    return {name: row[name] for name in names}


def _event(
    connection: sqlite3.Connection,
    ledger: ChainedLedger,
    row: Mapping[str, Any] | sqlite3.Row,
    event: str,
    user: str,
    note: str,
    to_job: str = "",
) -> None:
    """Into the ledger first: a line without its change is harmless, the reverse is not."""
    more = {"to_job": to_job} if to_job else {}
    ledger.append_now(
        {"event": f"record-{event}", "record": row["id"], "job": row["job"], "digest": row["digest"]}
        | {"user": user, "note": note, **more}
    )
    connection.execute(
        "INSERT INTO history (record, at, event, user, note, job) VALUES (?, ?, ?, ?, ?, ?)",
        (row["id"], stamp(utc_now()), event, user, note, to_job),
    )


def _reviewer(connection: sqlite3.Connection, user: str | SystemUser) -> str:
    """Who is named has to have the role. Who is not is whoever may write the home, and could give itself the role."""
    return str(user) if isinstance(user, SystemUser) else reviewer(connection, user)


def _operator(connection: sqlite3.Connection, job: str) -> str:
    if job == LOCAL_JOB.id:
        return LOCAL_JOB.operator
    row = connection.execute("SELECT operator FROM jobs WHERE id = ?", (job,)).fetchone()
    if row is None:
        raise ConfigError(f"no job {job!r}; `facegate job list` shows what is registered")
    return str(row["operator"])


def _known(connection: sqlite3.Connection, user: str) -> str:
    row = connection.execute("SELECT name FROM users WHERE name = ?", (user,)).fetchone()
    if row is None:
        raise ConfigError(f"no user {user!r}; add one with `facegate user add {user} --role reviewer`")
    return str(row["name"])


def _row(connection: sqlite3.Connection, record_id: str) -> sqlite3.Row:
    row: sqlite3.Row | None = connection.execute("SELECT * FROM records WHERE id = ?", (record_id,)).fetchone()
    if row is None:
        raise _unknown(record_id)
    return row


def _reason(text: str) -> str:
    if len(text.strip()) < 3:
        raise ConfigError("--reason has to say why: it stands in the ledger")
    return text.strip()


def _unknown(record_id: str) -> ConfigError:
    return ConfigError(f"no record {record_id!r}; `facegate quarantine list` shows what is there")
