"""The end of a record's bytes: first its key, in a transaction, then its file, then what the write-ahead log held.

A record whose key is destroyed stands in the table `destroyed` until the other two are done, so that neither a crash
nor a disk that refuses makes them forgotten.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from facegate.moments import stamp
from facegate.state.database import Database

BATCH = 500  # records in one transaction: it holds the writer some 10 ms

_END = (
    "UPDATE records SET wrapped_key = NULL, key_id = NULL, gone = ?,"
    " state = CASE state WHEN 'open' THEN 'expired' ELSE state END WHERE seq = ? AND gone IS NULL"
)


@dataclass(frozen=True, slots=True)
class Due:
    """What a purge is about: at `now` its time is over, or it was first seen before `older`. What is held is not."""

    now: datetime
    job: str | None = None
    older: datetime | None = None

    def where(self) -> tuple[str, list[Any]]:
        over, values = "r.expires <= ?", [stamp(self.now)]
        if self.older is not None:
            over, values = "(r.expires <= ? OR r.at <= ?)", [*values, stamp(self.older)]
        job = ""
        if self.job is not None:
            job = " AND r.seq IN (SELECT record FROM record_jobs WHERE job = ?)"
            values.append(self.job)
        return f"r.gone IS NULL AND r.hold IS NULL AND {over}{job}", values


@dataclass(frozen=True, slots=True)
class Swept:
    """`failed`: ids of records whose file is still there, and why. `logged`: the write-ahead log, too."""

    removed: int
    failed: dict[str, str] = field(default_factory=dict)
    logged: bool = False


Before = Callable[[Sequence[sqlite3.Row]], None]


def destroy_due(
    database: Database, due: Due, *, note: str = "", user: str = "", before: Before = lambda rows: None
) -> Iterator[list[sqlite3.Row]]:
    """Their keys, batch by batch; `before` is called with each batch before anything is changed, and may raise."""
    sql, values, walked = _query(due)
    after, at = 0, stamp(due.now)

    def destroy(connection: sqlite3.Connection) -> list[sqlite3.Row]:
        rows = connection.execute(sql, (*values, *([after] if walked else []), BATCH)).fetchall()
        before(rows)
        for row in rows:
            destroy_key(connection, row, at, "expired", user, note)
        return rows

    while True:
        started = time.monotonic()
        rows = database.write_now(destroy)
        if not rows:
            return
        after = rows[-1]["seq"]
        yield rows
        time.sleep(min(1.0, time.monotonic() - started))  # the gateways' turn: they keep records meanwhile


def _query(due: Due) -> tuple[str, list[Any], bool]:
    """The next batch. The flag says that it takes the last seq of the one before; where not, what is gone has left
    the index, and the next batch is the first again."""
    where, values = due.where()
    if due.job is None and due.older is None:
        sql = f"SELECT seq, id, size FROM records r INDEXED BY records_expires WHERE {where} LIMIT ?"  # noqa: S608
        return sql, values, False
    return f"SELECT seq, id, size FROM records r WHERE {where} AND seq > ? ORDER BY seq LIMIT ?", values, True  # noqa: S608


def destroy_key(
    connection: sqlite3.Connection, row: sqlite3.Row, at: str, event: str, user: str = "", note: str = ""
) -> None:
    """`row` has seq and id. A release that waits for bytes that are no more is over, too."""
    connection.execute(_END, (at, row["seq"]))
    connection.execute("INSERT OR IGNORE INTO destroyed VALUES (?, ?)", (row["id"], at))
    connection.execute(
        "INSERT INTO history (record, at, event, user, note, job) VALUES (?, ?, ?, ?, ?, '')",
        (row["id"], at, event, user, note),
    )
    connection.execute(
        "UPDATE releases SET state = 'withdrawn', ended = ?, how = ? WHERE record = ? AND ended IS NULL",
        (at, f"the record is {event}", row["id"]),
    )


def sweep(database: Database, remove: Callable[[str], None]) -> Swept:
    """`remove` raises OSError; FileNotFoundError where there is nothing."""
    removed, failed, done = 0, dict[str, str](), list[str]()
    after = ""
    while rows := database.read("SELECT id FROM destroyed WHERE id > ? ORDER BY id LIMIT ?", (after, BATCH)):
        after = rows[-1]["id"]
        for row in rows:
            try:
                remove(row["id"])
                removed += 1
            except FileNotFoundError:
                pass  # none was kept, or it was removed before a crash
            except OSError as error:
                failed[row["id"]] = error.strerror or type(error).__name__
                continue
            done.append(row["id"])
    if not done and not failed:
        return Swept(0)
    if not database.checkpoint():
        return Swept(removed, failed, logged=True)
    for start in range(0, len(done), BATCH):
        database.write_now(partial(_over, done[start : start + BATCH]), local=True)  # each node has its own files
    return Swept(removed, failed)


def _over(ids: Sequence[str], connection: sqlite3.Connection) -> None:
    connection.executemany("DELETE FROM destroyed WHERE id = ?", [(id_,) for id_ in ids])
