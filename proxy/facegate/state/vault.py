"""Quarantined bytes: each encrypted under a key of its own, on disk before its record, destroyed with its key."""

import asyncio
import contextlib
import fcntl
import hashlib
import os
import re
import secrets
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from facegate_addons.domain.model import QuarantineRecord

from facegate.errors import ConfigError, StateError, Uncertain
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.keys import KEY_BYTES, NONCE_BYTES, unwrap, wrap
from facegate.state.rows import record_values, stamp
from facegate.state.urls import host_of, without_userinfo

MAGIC = b"facegate vault 1\n"  # what the file is, then the nonce, then AES-256-GCM's output
THREADS = 4  # they mostly wait for fsync; more do not make one disk faster
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


class FileVault:
    """ports.Vault in a folder. Any number of processes may share it."""

    def __init__(self, home: Home, database: Database, master_key: bytes, keep_for: timedelta) -> None:
        self._folder = home.vault
        self._database = database
        self._master_key = master_key
        self._keep_for = keep_for
        self._writing: set[str] = set()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="vault")
        # Shared while in use: whoever gets it exclusively knows that nobody is between file and record.
        self._lock = os.open(home.vault / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_SH)

    async def keep(self, record: QuarantineRecord, body: bytes) -> None:
        """Both are on disk when this returns: first the file, then its record, so that a crash leaves at most a
        file without a record, which nobody can decrypt. Raises StateError on any failure, and leaves a file then
        only when its record may be there (Uncertain).
        """
        if not _ID.fullmatch(record.id):
            raise StateError("the record's id is no file name")
        key = secrets.token_bytes(KEY_BYTES)
        self._writing.add(record.id)
        try:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._threads, self._store, record, body, key)
            try:
                await self._database.write(lambda connection: self._insert(connection, record, key))
            except Uncertain:
                raise  # the record may be there, and would need its file
            except Exception:  # without its record the file is noise that fills the disk
                await loop.run_in_executor(self._threads, self._remove, record.id)
                raise
        except sqlite3.IntegrityError:
            raise StateError(f"record {record.id}: exists already") from None
        finally:
            self._writing.discard(record.id)

    def open(self, record_id: str) -> bytes:
        """The bytes as they came. Raises ConfigError for an unknown or expired record, StateError for a damaged one."""
        rows = self._database.read("SELECT digest, wrapped_key FROM records WHERE id = ?", (record_id,))
        if not rows:
            raise ConfigError(f"no record {record_id!r}; `facegate quarantine list` shows what is there")
        if rows[0]["wrapped_key"] is None:
            raise ConfigError(f"record {record_id}: has expired; its bytes are destroyed")
        digest = rows[0]["digest"]
        key = unwrap(self._master_key, record_id, rows[0]["wrapped_key"])
        try:
            data = self._path(record_id).read_bytes()
        except OSError as error:
            raise StateError(f"record {record_id}: its file cannot be read ({error.strerror})") from None
        nonce, sealed = data[len(MAGIC) : len(MAGIC) + NONCE_BYTES], data[len(MAGIC) + NONCE_BYTES :]
        try:
            body = AESGCM(key).decrypt(nonce, sealed, _bound_to(record_id, digest))
        except (InvalidTag, ValueError):
            raise StateError(f"record {record_id}: its file is damaged") from None
        if not data.startswith(MAGIC) or hashlib.sha256(body).hexdigest() != digest:
            raise StateError(f"record {record_id}: its file is damaged")
        return body

    def purge(self, now: datetime) -> list[str]:
        """Destroy what has expired, key first: from that moment the file is noise. Returns the records' ids."""

        def destroy(connection: sqlite3.Connection) -> list[str]:
            due = connection.execute(
                "SELECT id, job FROM records WHERE wrapped_key IS NOT NULL AND expires <= ?", (stamp(now),)
            ).fetchall()
            for row in due:
                connection.execute(
                    "UPDATE records SET wrapped_key = NULL, state = 'expired' WHERE id = ?", (row["id"],)
                )
                connection.execute(
                    "INSERT INTO history (record, at, event, user, note, job) VALUES (?, ?, 'expired', '', '', '')",
                    (row["id"], stamp(now)),
                )
            return [row["id"] for row in due]

        gone = self._database.write_now(destroy)
        for record_id in gone:
            self._path(record_id).unlink(missing_ok=True)
        if gone:
            self._database.checkpoint()  # the write-ahead log still held the keys
        return gone

    def clean_orphans(self) -> int:
        """Remove files without a record, which crashes left behind; skipped while another process uses the vault.

        Returns how many. Blocks: call it at start, before the first `keep`.
        """
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(self._lock, fcntl.LOCK_SH)  # a failed conversion may have lost it
            return 0
        removed = 0
        try:
            for path in self._folder.glob("*/*"):
                if path.stem in self._writing or self._wanted(path):
                    continue
                path.unlink(missing_ok=True)
                removed += 1
        finally:
            fcntl.flock(self._lock, fcntl.LOCK_SH)
        return removed

    def close(self) -> None:
        """Idempotent."""
        self._threads.shutdown()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def _path(self, record_id: str) -> Path:
        # 256 folders by hash: a million records make 4,000 files in each, whatever the ids look like
        shard = hashlib.sha256(record_id.encode()).hexdigest()[:2]
        return self._folder / shard / f"{record_id}.sealed"

    def _wanted(self, path: Path) -> bool:
        if path.suffix != ".sealed":
            return False
        return bool(self._database.read("SELECT 1 FROM records WHERE id = ? AND wrapped_key NOT NULL", (path.stem,)))

    def _store(self, record: QuarantineRecord, body: bytes, key: bytes) -> None:
        if hashlib.sha256(body).hexdigest() != record.digest:
            raise StateError(f"record {record.id}: the bytes are not those of its digest")
        path = self._path(record.id)
        aside = path.with_suffix(f".{secrets.token_hex(4)}.tmp")
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(key).encrypt(nonce, body, _bound_to(record.id, record.digest))
        try:
            if not path.parent.is_dir():
                path.parent.mkdir(mode=0o700, exist_ok=True)
                _sync_folder(self._folder)
            handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(handle, "wb", buffering=0) as file:
                for piece in (MAGIC, nonce, sealed):
                    view = memoryview(piece)
                    while view:
                        view = view[file.write(view) :]
                os.fsync(handle)
            # link, not rename: an id that exists already must not lose its bytes
            os.link(aside, path)
            aside.unlink()
            _sync_folder(path.parent)
        except OSError as error:
            with contextlib.suppress(OSError):
                aside.unlink(missing_ok=True)
            raise StateError(f"record {record.id}: cannot be written to the vault ({error.strerror})") from None

    def _remove(self, record_id: str) -> None:
        with contextlib.suppress(OSError):  # `clean_orphans` finds it at the next start
            self._path(record_id).unlink(missing_ok=True)

    def _insert(self, connection: sqlite3.Connection, record: QuarantineRecord, key: bytes) -> None:
        values = record_values(record, without_userinfo(record.url), host_of(record.url))
        values["expires"] = stamp(min(record.expires, record.at + self._keep_for))
        values["wrapped_key"] = wrap(self._master_key, record.id, key)
        names = ", ".join(values)
        places = ", ".join("?" * len(values))
        connection.execute(f"INSERT INTO records ({names}) VALUES ({places})", list(values.values()))  # noqa: S608
        connection.execute(
            "INSERT INTO history (record, at, event, user, note, job) VALUES (?, ?, 'withheld', '', ?, ?)",
            (record.id, stamp(record.at), str(record.reason), record.job),
        )


def _bound_to(record_id: str, digest: str) -> bytes:
    return f"facegate record {record_id} {digest}".encode()


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
