"""The quarantine as it is listed and looked at, and its purge. What people decide is in desk.py."""

import sqlite3
from dataclasses import dataclass
from typing import Any

from facegate_addons.domain.model import QuarantineRecord

from facegate.moments import stamp
from facegate.quarantine.rows import record_from_row
from facegate.quarantine.work import unknown
from facegate.state.database import Database


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
        raise unknown(record_id)
    events = database.read("SELECT at, event, user, note, job FROM history WHERE record = ? ORDER BY seq", (record_id,))
    return record_from_row(rows[0]), [dict(row) for row in events]


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
