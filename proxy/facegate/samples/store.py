"""Sampled pictures on disk: each encrypted under a key of its own, which goes when it is decided or its time is over.

Their keys are wrapped under one that is derived from the home's secret: the vault's rotations need not know of them.
"""

import asyncio
import contextlib
import hashlib
import os
import secrets
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from facegate_addons.domain.model import Sample

from facegate.errors import Conflict, NotFound, StateError
from facegate.jobs.document import compact
from facegate.moments import stamp
from facegate.quarantine.rows import storable
from facegate.quarantine.wrapping import KEY_BYTES, NONCE_BYTES, unwrap, wrap
from facegate.state.database import Database
from facegate.state.home import Home

MAGIC = b"facegate sample 1\n"  # what the file is, then the nonce, then AES-256-GCM's output
_PURPOSE = b"facegate samples 1"


class SampleStore:
    """ports.Samples in a folder. Any number of processes may share it."""

    def __init__(self, home: Home, database: Database, secret: bytes, keep_for: timedelta, most: int) -> None:
        """`secret` is the home's; see state.secret."""
        self.database = database
        self._folder = home.samples
        self._wrapping = HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=_PURPOSE).derive(secret)
        self._keep_for = keep_for
        self._most = most

    async def keep(self, sample: Sample, body: bytes) -> bool:
        """False when as many as are allowed are kept already. File first, so that a crash leaves at most a file that
        nobody can decrypt. Raises on any failure."""
        if await asyncio.to_thread(self._full):
            return False
        key = secrets.token_bytes(KEY_BYTES)
        await asyncio.to_thread(self._write, sample, body, key)
        kept = False
        try:
            kept = await self.database.write(lambda connection: self._insert(connection, sample, key))
        finally:
            if not kept:  # without its row it is noise; where the row is there after all, it cannot be shown
                await asyncio.shield(asyncio.to_thread(self._remove, sample.id))
        return kept

    def open(self, sample_id: str) -> bytes:
        """The bytes as they passed. Raises NotFound, Conflict when they are destroyed, StateError for damage."""
        rows = self.database.read("SELECT digest, wrapped_key FROM samples WHERE id = ?", (sample_id,))
        if not rows:
            raise unknown(sample_id)
        if rows[0]["wrapped_key"] is None:
            raise Conflict(f"sample {sample_id}: was decided or its time is over; its bytes are destroyed")
        try:
            data = self._path(sample_id).read_bytes()
            key = unwrap(self._wrapping, sample_id, rows[0]["wrapped_key"])
            nonce, sealed = data[len(MAGIC) : len(MAGIC) + NONCE_BYTES], data[len(MAGIC) + NONCE_BYTES :]
            body = AESGCM(key).decrypt(nonce, sealed, _bound_to(sample_id, rows[0]["digest"]))
        except OSError as error:
            raise StateError(f"sample {sample_id}: its file cannot be read ({error.strerror})") from None
        except (InvalidTag, ValueError):
            raise StateError(f"sample {sample_id}: its file is damaged") from None
        return body

    def forget(self, sample_ids: list[str]) -> None:
        """The files of samples whose keys are gone: they are noise by then."""
        for sample_id in sample_ids:
            self._remove(sample_id)
        if sample_ids:
            self.database.checkpoint()  # the write-ahead log still held the keys

    def purge(self, now: datetime) -> list[str]:
        """Destroy what nobody decided in time, key first. Returns the ids. Files without a sample go, too: those that a
        crash left behind, once they are old enough not to be on their way."""

        def destroy(connection: sqlite3.Connection) -> list[str]:
            due = connection.execute(
                "SELECT id FROM samples WHERE state = 'open' AND expires <= ? ORDER BY seq", (stamp(now),)
            ).fetchall()
            connection.executemany(
                "UPDATE samples SET state = 'expired', wrapped_key = NULL WHERE id = ?", [(row["id"],) for row in due]
            )
            return [row["id"] for row in due]

        gone = self.database.write_now(destroy)
        self.forget(gone)
        before = (now - timedelta(hours=1)).timestamp()
        for path in self._folder.glob("*"):
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < before and not self._open(path.stem):
                    path.unlink()
        return gone

    def _open(self, sample_id: str) -> bool:
        return bool(self.database.read("SELECT 1 FROM samples WHERE id = ? AND state = 'open'", (sample_id,)))

    def _full(self) -> bool:
        return _kept(self.database.read(_COUNT)[0]) >= self._most

    def _insert(self, connection: sqlite3.Connection, sample: Sample, key: bytes) -> bool:
        if _kept(connection.execute(_COUNT).fetchone()) >= self._most:  # exact, for all processes
            return False
        facts = {
            "id": sample.id,
            "job": storable(sample.job),
            "digest": sample.digest,
            "codings": storable(compact(list(sample.codings))),
            "size": sample.size,
            "kind": sample.kind,
            "rate": sample.rate,
            "versions": compact(dict(sample.versions)),
            "at": stamp(sample.at),
            "expires": stamp(sample.at + self._keep_for),
            "state": "open",
            "wrapped_key": wrap(self._wrapping, sample.id, key),
        }
        names, places = ", ".join(facts), ", ".join("?" * len(facts))
        connection.execute(f"INSERT INTO samples ({names}) VALUES ({places})", list(facts.values()))  # noqa: S608
        return True

    def _write(self, sample: Sample, body: bytes, key: bytes) -> None:
        if hashlib.sha256(body).hexdigest() != sample.digest:
            raise StateError(f"sample {sample.id}: the bytes are not those of its digest")
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(key).encrypt(nonce, body, _bound_to(sample.id, sample.digest))
        handle = os.open(self._path(sample.id), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:  # not synced: a sample that a crash takes is not worth a wait
                file.write(MAGIC + nonce)
                file.write(sealed)
        except OSError:
            self._remove(sample.id)
            raise

    def _remove(self, sample_id: str) -> None:
        with contextlib.suppress(OSError):
            self._path(sample_id).unlink(missing_ok=True)

    def _path(self, sample_id: str) -> Path:
        if not (sample_id.isascii() and sample_id.isalnum()):
            raise unknown(sample_id)
        return self._folder / f"{sample_id}.sealed"


_COUNT = "SELECT count(*) AS n FROM samples WHERE state = 'open'"


def unknown(sample_id: str) -> NotFound:
    return NotFound(f"no sample {sample_id!r}; `facegate sample list` shows what waits")


def _kept(row: sqlite3.Row) -> int:
    return int(row["n"])


def _bound_to(sample_id: str, digest: str) -> bytes:
    return f"facegate sample {sample_id} {digest}".encode()
