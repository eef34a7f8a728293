"""Secrets of a home: each made once, kept wrapped under the master key."""

import base64
import secrets
import sqlite3

from facegate.errors import StateError
from facegate.quarantine.keys import CURRENT
from facegate.quarantine.wrapping import KEY_BYTES, key_digest, unwrap, wrap
from facegate.state.database import Database


def identity_secret(database: Database, master: bytes) -> bytes:
    """What signing keys are derived from: 32 bytes, the same for all who share this state and this master key. Raises
    StateError under another key."""
    return _secret(database, master, "identity-secret")


def erasure_secret(database: Database, master: bytes) -> bytes:
    """What the traces of erased records are keyed with; see quarantine.traces."""
    return _secret(database, master, "erasure-secret")


def _secret(database: Database, master: bytes, name: str) -> bytes:
    def made(connection: sqlite3.Connection) -> str:
        now = connection.execute(CURRENT).fetchone()
        if now is not None and now["value"] != key_digest(master):
            raise StateError("the master key was changed just now; try again")
        wrapped = base64.b64encode(wrap(master, name, secrets.token_bytes(KEY_BYTES))).decode()
        connection.execute("INSERT INTO settings VALUES (?, ?) ON CONFLICT DO NOTHING", (name, wrapped))
        return str(connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()["value"])

    kept = database.read("SELECT value FROM settings WHERE name = ?", (name,))
    text: str = kept[0]["value"] if kept else database.write_now(made)
    return unwrap(master, name, base64.b64decode(text))
