"""How far this node's database has come in the shared log: kept in it, so that both are written by one COMMIT."""

import json
import sqlite3
from typing import Final

from facegate.shared.entry import Place

_NAME: Final = "shared-state"
# What each node counts of its own ledgers, and of files in its own vault, is nobody else's.
OWN_TABLES: Final = ("traffic_hours", "traffic_days", "traffic_counted", "destroyed")
_SHARED: Final = ("users", "jobs", "operators", "records", "samples", "api_tokens", "settings")


def place_of(connection: sqlite3.Connection) -> Place | None:
    """None: it never was part of a shared state."""
    row = connection.execute("SELECT value FROM settings WHERE name = ?", (_NAME,)).fetchone()
    return Place(**json.loads(row[0])) if row is not None else None


def set_place(connection: sqlite3.Connection, place: Place) -> None:
    text = json.dumps({"epoch": place.epoch, "position": place.position, "head": place.head})
    connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (_NAME, text))


def forget_place(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM settings WHERE name = ?", (_NAME,))


def is_new(connection: sqlite3.Connection) -> bool:
    """Nothing was ever kept in it."""
    return not any(connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in _SHARED)  # noqa: S608
