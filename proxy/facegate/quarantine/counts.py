"""How many records there are, read from rows that triggers keep: a few of them by key, however many records."""

import sqlite3
from dataclasses import dataclass
from typing import Any

from facegate.quarantine.lifecycle import OPEN, STATES
from facegate.state.database import Database


@dataclass(frozen=True, slots=True)
class Counts:
    """`waiting`: releases that wait for a second person. `revision` changes with each event of a record."""

    states: dict[str, int]
    open_by_reason: dict[str, int]
    waiting: int
    revision: int

    @property
    def open(self) -> int:
        return self.states[OPEN]

    def as_json(self) -> dict[str, Any]:
        return {
            "states": self.states,
            "open_by_reason": self.open_by_reason,
            "waiting": self.waiting,
            "revision": self.revision,
        }


def counts(database: Database) -> Counts:
    def read(connection: sqlite3.Connection) -> Counts:
        states = dict.fromkeys(STATES, 0) | dict(
            _pairs(connection, "SELECT state, n FROM record_counts WHERE kind = 'all' AND key = ''")
        )
        reasons = _pairs(
            connection,
            "SELECT key, n FROM record_counts WHERE kind = 'reason' AND state = 'open' AND n > 0 ORDER BY n DESC, key",
        )
        waiting = connection.execute("SELECT count(*) FROM releases WHERE state = 'waiting'").fetchone()[0]
        return Counts(states, dict(reasons), waiting, _revision(connection))

    return database.look(read)


def open_by_job(database: Database, most: int = 10) -> list[tuple[str, int]]:
    """The jobs with the most open records."""
    return database.look(
        lambda connection: _pairs(
            connection,
            "SELECT key, n FROM record_counts INDEXED BY record_counts_most WHERE kind = 'job' AND state = 'open'"
            " AND n > 0 ORDER BY n DESC LIMIT ?",
            most,
        )
    )


def of_job(database: Database, job: str) -> dict[str, int]:
    """By state."""
    sql = "SELECT state, n FROM record_counts WHERE kind = 'job' AND key = ?"
    return database.look(lambda connection: dict.fromkeys(STATES, 0) | dict(_pairs(connection, sql, job)))


def revision(database: Database) -> int:
    """The number of the last event of any record."""
    return database.look(_revision)


def _revision(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT coalesce(max(seq), 0) FROM history").fetchone()[0])


def _pairs(connection: sqlite3.Connection, sql: str, *values: object) -> list[tuple[str, int]]:
    return [(str(name), int(n)) for name, n in connection.execute(sql, values)]
