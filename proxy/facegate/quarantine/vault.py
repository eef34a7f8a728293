"""Quarantined bytes: each encrypted under a key of its own, stored before its record, destroyed with its key."""

import asyncio
import contextlib
import fcntl
import hashlib
import itertools
import logging
import os
import re
import secrets
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from facegate_addons.domain.model import QuarantineRecord

from facegate.errors import ConfigError, StateError, Uncertain
from facegate.moments import stamp
from facegate.quarantine.blobs import Blob, Blobs, FileBlobs
from facegate.quarantine.destruction import Due, Swept, destroy_due, sweep
from facegate.quarantine.keys import KeyRing
from facegate.quarantine.sightings import LIVE, body_key, insert, see_again
from facegate.quarantine.wrapping import KEY_BYTES, NONCE_BYTES, key_id, wrap
from facegate.state.database import Database
from facegate.state.home import Home

MAGIC = b"facegate vault 1\n"  # what the file is, then the nonce, then AES-256-GCM's output
THREADS = 4  # they mostly wait for fsync; more do not make one disk faster
LOOKED_UP = 500  # files in one query
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")

logger = logging.getLogger(__name__)


class SealedVault:
    """ports.Vault over `blobs`, the folder of the home where none are given. Any number of processes may share it."""

    def __init__(
        self,
        home: Home,
        database: Database,
        keys: KeyRing | bytes,
        keep_for: timedelta,
        *,
        pixels: bool = True,
        blobs: Blobs | None = None,
    ) -> None:
        """`keys`: or the one master key, where it does not change. Without `pixels` records are kept, and no bytes."""
        self._blobs = blobs or FileBlobs(home.vault)
        self._database = database
        self._keys = KeyRing.of(keys) if isinstance(keys, bytes) else keys
        self._keep_for = keep_for
        self._pixels = pixels
        self._writing: set[str] = set()
        self._suspects: set[str] = set()  # orphans at the last `sweep_orphans`
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="vault")
        # Shared while in use: whoever gets it exclusively knows that nobody is between file and record.
        self._lock = os.open(home.vault / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_SH)

    async def keep(self, record: QuarantineRecord, body: bytes) -> str:
        """The id of the record that the body has: `record`'s own, or, for a body that was withheld before, the older
        one, which gets a sighting more and no second file.

        Both are on disk when this returns: first the file, then its record, so that a crash leaves at most a
        file without a record, which nobody can decrypt. Without pixels there is the record alone. Raises StateError
        on any failure, and leaves a file then only when its record may be there (Uncertain).
        """
        if not _ID.fullmatch(record.id):
            raise StateError("the record's id is no file name")
        loop = asyncio.get_running_loop()
        if await loop.run_in_executor(self._threads, self._database.read, LIVE, body_key(record)):
            if hashlib.sha256(body).hexdigest() != record.digest:
                raise StateError(f"record {record.id}: the bytes are not those of its digest")
            if seen := await self._database.write(lambda connection: see_again(connection, record)):
                return seen
        if not self._pixels:
            return await self._note(record, body)
        key = secrets.token_bytes(KEY_BYTES)
        self._writing.add(record.id)
        try:
            await loop.run_in_executor(self._threads, self._store, record, body, key)
            try:
                kept = await self._database.write(lambda connection: self._insert(connection, record, key))
            except Uncertain:
                raise  # the record may be there, and would need its file
            except Exception:  # without its record the file is noise that fills the disk
                await loop.run_in_executor(self._threads, self._remove, record.id)
                raise
            if kept != record.id:  # another process was first
                await loop.run_in_executor(self._threads, self._remove, record.id)
            return kept
        except sqlite3.IntegrityError:
            raise StateError(f"record {record.id}: exists already") from None
        finally:
            self._writing.discard(record.id)

    async def _note(self, record: QuarantineRecord, body: bytes) -> str:
        if hashlib.sha256(body).hexdigest() != record.digest:
            raise StateError(f"record {record.id}: the bytes are not those of its digest")
        try:
            return await self._database.write(lambda connection: self._insert(connection, record, None))
        except sqlite3.IntegrityError:
            raise StateError(f"record {record.id}: exists already") from None

    def open(self, record_id: str) -> bytes:
        """The bytes as they came. Raises ConfigError for a record that is unknown or has no bytes, StateError for a
        damaged one."""
        row, key = self._key(record_id)
        return self._unsealed(record_id, row["digest"], key)

    def check(self, record_id: str, *, with_bytes: bool) -> None:
        """Raises like `open` when the key does not open, or the file is not there; `with_bytes`, when it is damaged."""
        row, key = self._key(record_id)
        if with_bytes:
            self._unsealed(record_id, row["digest"], key)
        else:
            try:
                there = self._blobs.has(record_id)
            except OSError as error:
                raise StateError(f"record {record_id}: its file cannot be looked for ({error.strerror})") from None
            if not there:
                raise StateError(f"record {record_id}: its file is missing")

    @property
    def known_keys(self) -> list[str]:
        """The ids of the master keys that are there."""
        return self._keys.ids

    @property
    def healthy(self) -> bool:
        """Whether the storage answered when it was last asked."""
        return self._blobs.healthy

    def probe(self) -> None:
        """Find out anew. Raises StateError when it does not answer."""
        try:
            self._blobs.probe()
        except OSError as error:
            raise StateError(f"vault: {error.strerror}") from None

    def on_disk(self) -> tuple[int, int]:
        """Files, and the bytes of them. Raises StateError when the storage does not answer."""
        files = size = 0
        for blob in self._listed():
            size += blob.size
            files += 1
        return files, size

    def purge(self, now: datetime) -> list[str]:
        """Destroy what has expired, key first: from that moment the file is noise. Returns the records' ids."""
        gone = [row["id"] for batch in destroy_due(self._database, Due(now)) for row in batch]
        self.sweep()
        return gone

    def sweep(self) -> Swept:
        """Remove the files whose keys are destroyed, and what the write-ahead log still held of those. What cannot be
        removed is tried again each time."""
        return sweep(self._database, self._blobs.remove)

    def _key(self, record_id: str) -> tuple[sqlite3.Row, bytes]:
        row = self._row(record_id)
        try:
            return row, self._keys.unwrap(row["key_id"], record_id, row["wrapped_key"])
        except StateError:
            again = self._row(record_id)
            if again["key_id"] == row["key_id"]:
                raise
            return again, self._keys.unwrap(again["key_id"], record_id, again["wrapped_key"])  # it was rotated since

    def _row(self, record_id: str) -> sqlite3.Row:
        rows = self._database.read("SELECT digest, wrapped_key, key_id, gone FROM records WHERE id = ?", (record_id,))
        if not rows:
            raise ConfigError(f"no record {record_id!r}; `facegate quarantine list` shows what is there")
        if rows[0]["gone"] is not None:
            raise ConfigError(f"record {record_id}: has expired; its bytes are destroyed")
        if rows[0]["wrapped_key"] is None:
            raise ConfigError(f'record {record_id}: its bytes were not kept: vault.pixels was "never" then')
        return rows[0]

    def _unsealed(self, record_id: str, digest: str, key: bytes) -> bytes:
        try:
            data = self._blobs.get(record_id)
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
            for blob in self.orphans():
                if not blob.settled:
                    continue
                self._blobs.discard(blob.name)
                removed += 1
        except (OSError, StateError) as error:  # nobody can read them: the next start will do
            logger.warning("orphans stay in the vault: %s", getattr(error, "strerror", None) or error)
        finally:
            fcntl.flock(self._lock, fcntl.LOCK_SH)
        return removed

    def sweep_orphans(self) -> int:
        """Remove those that were there at the last call, too: while the vault is in use, a file may be without its
        record for as long as it takes to write both, so calls have to be far apart. Returns how many. Blocks."""
        found = {blob.name for blob in self.orphans() if blob.settled}
        gone = found & self._suspects
        try:
            for name in gone:
                self._blobs.discard(name)
        except OSError as error:
            raise StateError(f"orphans stay in the vault ({error.strerror})") from None
        self._suspects = found - gone
        return len(gone)

    def orphans(self) -> Iterator[Blob]:
        """Files that no record has the key of. While records are kept, some of them are to get theirs."""
        for blobs in itertools.batched(self._listed(), LOOKED_UP, strict=False):
            places = ", ".join("?" * len(blobs))
            sql = f"SELECT id FROM records WHERE id IN ({places}) AND wrapped_key NOT NULL"  # noqa: S608 - marks
            wanted = {row["id"] for row in self._database.read(sql, [blob.id for blob in blobs])}
            for blob in blobs:
                if not (blob.whole and blob.id in wanted) and blob.id not in self._writing:
                    yield blob

    def _listed(self) -> Iterator[Blob]:
        try:
            yield from self._blobs.list()
        except OSError as error:
            raise StateError(f"the vault cannot be listed ({error.strerror})") from None

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

    def _store(self, record: QuarantineRecord, body: bytes, key: bytes) -> None:
        if hashlib.sha256(body).hexdigest() != record.digest:
            raise StateError(f"record {record.id}: the bytes are not those of its digest")
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(key).encrypt(nonce, body, _bound_to(record.id, record.digest))
        try:
            self._blobs.put(record.id, (MAGIC, nonce, sealed))
        except OSError as error:
            raise StateError(f"record {record.id}: cannot be written to the vault ({error.strerror})") from None

    def _remove(self, record_id: str) -> None:
        with contextlib.suppress(OSError):  # `clean_orphans` finds it at the next start
            self._blobs.withdraw(record_id)

    def _insert(self, connection: sqlite3.Connection, record: QuarantineRecord, key: bytes | None) -> str:
        """`key`: that its bytes are sealed with; None where none are kept."""
        if seen := see_again(connection, record):
            return seen
        kept: dict[str, object] = {"expires": stamp(min(record.expires, record.at + self._keep_for))}
        if key is not None:
            master = self._keys.at(connection)
            kept |= {"wrapped_key": wrap(master, record.id, key), "key_id": key_id(master)}
        insert(connection, record, kept)
        return record.id


def _bound_to(record_id: str, digest: str) -> bytes:
    return f"facegate record {record_id} {digest}".encode()
