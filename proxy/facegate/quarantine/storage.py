"""Which storage the configuration names, and the name that this home has there."""

import secrets
import sqlite3

from facegate.quarantine.blobs import Blobs, FileBlobs
from facegate.quarantine.s3 import S3Blobs
from facegate.sections import Vault
from facegate.state.database import Database
from facegate.state.home import Home

OWNER = "vault-owner"


def blobs_of(settings: Vault, home: Home, database: Database) -> Blobs:
    if settings.url == "file:":
        return FileBlobs(home.vault)
    return S3Blobs(settings.url, _owner(database), endpoint=settings.endpoint, region=settings.region)


def _owner(database: Database) -> str:
    """Random, made once, and kept beside the records: what another database lists under the same URL is not ours."""
    sql = "SELECT value FROM settings WHERE name = ?"

    def made(connection: sqlite3.Connection) -> str:
        connection.execute("INSERT INTO settings VALUES (?, ?) ON CONFLICT DO NOTHING", (OWNER, secrets.token_hex(8)))
        return str(connection.execute(sql, (OWNER,)).fetchone()["value"])

    kept = database.read(sql, (OWNER,))
    return str(kept[0]["value"]) if kept else database.write_now(made)
