"""The secret that signing keys are derived from: made once, kept wrapped under the master key."""

import base64
import secrets
import sqlite3

from facegate.state.database import Database
from facegate.state.keys import KEY_BYTES, unwrap, wrap

_NAME = "identity-secret"


def identity_secret(database: Database, master: bytes) -> bytes:
    """32 bytes, the same for all who share this state and this master key. Raises StateError under another key."""

    def made(connection: sqlite3.Connection) -> str:
        wrapped = base64.b64encode(wrap(master, _NAME, secrets.token_bytes(KEY_BYTES))).decode()
        connection.execute("INSERT INTO settings VALUES (?, ?) ON CONFLICT DO NOTHING", (_NAME, wrapped))
        return _read(connection)

    kept = database.read("SELECT value FROM settings WHERE name = ?", (_NAME,))
    text: str = kept[0]["value"] if kept else database.write_now(made)
    return unwrap(master, _NAME, base64.b64decode(text))


def _read(connection: sqlite3.Connection) -> str:
    value: str = connection.execute("SELECT value FROM settings WHERE name = ?", (_NAME,)).fetchone()["value"]
    return value
