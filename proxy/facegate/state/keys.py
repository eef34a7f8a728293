"""The master key: found where the configuration says, or made once; and the wrapping of the keys under it."""

import base64
import binascii
import hashlib
import os
import re
import secrets
import sqlite3
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from facegate.config import Vault
from facegate.errors import HomeError, StateError
from facegate.modes import variable
from facegate.state.database import Database
from facegate.state.home import Home

KEY_BYTES = 32  # AES-256
NONCE_BYTES = 12  # GCM's own size; random ones are safe for 2^32 wraps under one key (NIST SP 800-38D, 8.3)


def master_key(home: Home, vault: Vault, database: Database) -> bytes:
    """The 32 bytes. Raises HomeError with one line when the key is missing, wrong or readable by others.

    Which key the records were wrapped under is remembered (as a hash of it), so that a wrong one is told at start
    and not when somebody needs a picture.
    """
    if "env" in vault.key:
        key = _from_environment(vault.key["env"])
    else:
        path = Path(vault.key["file"]).expanduser() if "file" in vault.key else home.master_key
        if path == home.master_key and not path.exists():
            if database.read("SELECT 1 FROM records WHERE wrapped_key IS NOT NULL LIMIT 1"):
                raise HomeError(f"{path}: is missing, and the quarantine cannot be read without it; restore it")
            _make(path)
        key = _from_file(path)
    _remember(database, key)
    return key


def wrap(master: bytes, record_id: str, key: bytes) -> bytes:
    """`key` encrypted under `master`, of use for this record alone."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(master).encrypt(nonce, key, b"facegate key " + record_id.encode())


def unwrap(master: bytes, record_id: str, wrapped: bytes) -> bytes:
    """Raises StateError when it was wrapped under another key, for another record, or altered."""
    try:
        return AESGCM(master).decrypt(
            wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], b"facegate key " + record_id.encode()
        )
    except (InvalidTag, ValueError):
        raise StateError(f"record {record_id}: its key cannot be opened with this master key") from None


def _from_environment(name: str) -> bytes:
    text = os.environ.get(name)
    if not text:
        raise HomeError(f"vault.key: {variable(name)} is not set; set it to `openssl rand -base64 32`")
    return _decode(text.encode(), variable(name))


def _from_file(path: Path) -> bytes:
    try:
        if path.stat().st_mode & 0o077:
            raise HomeError(f"{path}: others can read the master key; run: chmod 600 {path}")
        raw = path.read_bytes()
    except OSError as error:
        raise HomeError(f"{path}: the master key cannot be read ({error.strerror})") from None
    return raw if len(raw) == KEY_BYTES else _decode(raw, str(path))


def _decode(raw: bytes, where: str) -> bytes:
    """Base64 or hex, as `openssl rand` prints them."""
    text = b"".join(raw.split())
    if re.fullmatch(rb"[0-9a-fA-F]{64}", text):
        return bytes.fromhex(text.decode())
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise HomeError(f"{where}: a master key is 32 bytes in base64 or hex; make one with `openssl rand -base64 32`")
    return key


def _make(path: Path) -> None:
    """Written aside and linked into place: two starts at once end with one key, a crash with none or a whole one."""
    fresh = path.with_name(f"{path.name}.new-{secrets.token_hex(4)}")
    try:
        handle = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            os.write(handle, base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)
        try:
            os.link(fresh, path)
        except FileExistsError:
            return
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise HomeError(f"{path}: the master key cannot be written ({error.strerror})") from None
    finally:
        fresh.unlink(missing_ok=True)


def _remember(database: Database, key: bytes) -> None:
    digest = hashlib.sha256(b"facegate master key " + key).hexdigest()
    known = database.read("SELECT value FROM settings WHERE name = 'master-key'")
    if known and known[0]["value"] == digest:
        return

    def change(connection: sqlite3.Connection) -> bool:
        held = connection.execute("SELECT 1 FROM records WHERE wrapped_key IS NOT NULL LIMIT 1").fetchone()
        if held and connection.execute("SELECT 1 FROM settings WHERE name = 'master-key'").fetchone():
            return False
        connection.execute("INSERT OR REPLACE INTO settings VALUES ('master-key', ?)", (digest,))
        return True

    if not database.write_now(change):
        raise HomeError("the master key is not the one the quarantine was encrypted with; restore that one")
