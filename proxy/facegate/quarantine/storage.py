"""Which storage the configuration names, and the name that this home has there."""

import secrets
import sqlite3
from collections.abc import Mapping

from facegate.errors import HomeError
from facegate.quarantine.blobs import Blobs, FileBlobs
from facegate.quarantine.either import Either
from facegate.sections import Vault
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.private import read_private

OWNER = "vault-owner"


def blobs_of(settings: Vault, home: Home, database: Database) -> Blobs:
    """Raises ConfigError or HomeError where credentials that are named are not there."""
    now = {"url": settings.url, "endpoint": settings.endpoint, "region": settings.region}
    told = _credentials(settings.credentials) if settings.credentials else None
    new = _one(now, home, database, told)
    return Either(new, _one(settings.previous, home, database)) if settings.previous else new


def _one(place: Mapping[str, str], home: Home, database: Database, credentials: tuple[str, str] | None = None) -> Blobs:
    url = place["url"]
    if url == "file:":
        return FileBlobs(home.vault)
    endpoint, region, env = (place.get(name, "") for name in ("endpoint", "region", "env"))
    from facegate.quarantine.s3 import S3Blobs  # and its client with it, where there is such storage

    return S3Blobs(url, _owner(database), endpoint=endpoint, region=region, env=env, credentials=credentials)


def _credentials(place: dict[str, str]) -> tuple[str, str]:
    what = "ACCESS_KEY_ID:SECRET_ACCESS_KEY"
    text = read_private("vault.credentials", place, what)
    name, _, secret = text.partition(":")
    if not name or not secret or len(text.split()) != 1:
        raise HomeError(f"vault.credentials: what it names has to hold {what}, on one line")
    return name, secret


def _owner(database: Database) -> str:
    """Random, made once, and kept beside the records: what another database lists under the same URL is not ours."""
    sql = "SELECT value FROM settings WHERE name = ?"

    def made(connection: sqlite3.Connection) -> str:
        connection.execute("INSERT INTO settings VALUES (?, ?) ON CONFLICT DO NOTHING", (OWNER, secrets.token_hex(8)))
        return str(connection.execute(sql, (OWNER,)).fetchone()["value"])

    kept = database.read(sql, (OWNER,))
    return str(kept[0]["value"]) if kept else database.write_now(made)
