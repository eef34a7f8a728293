"""Master keys, one at a time: read from where they are, or made; and the wrapping of other keys under them."""

import base64
import binascii
import hashlib
import os
import re
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from facegate.errors import HomeError, StateError
from facegate.modes import variable

KEY_BYTES = 32  # AES-256
ID_LENGTH = 16
NONCE_BYTES = 12  # GCM's own size; random ones are safe for 2^32 wraps under one key (NIST SP 800-38D, 8.3)


def key_digest(master: bytes) -> str:
    """Tells master keys apart; says nothing about the key."""
    return hashlib.sha256(b"facegate master key " + master).hexdigest()


def key_id(master: bytes) -> str:
    """The same in short, as it stands beside what is wrapped."""
    return key_digest(master)[:ID_LENGTH]


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


def key_from_environment(name: str) -> bytes:
    """Raises HomeError with one line."""
    text = os.environ.get(name)
    if not text:
        raise HomeError(f"vault.key: {variable(name)} is not set; set it to `openssl rand -base64 32`")
    return _decode(text.encode(), variable(name))


def key_from_file(path: Path) -> bytes:
    """Raises HomeError with one line when it is missing, no key or readable by others."""
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


def make_key(path: Path) -> None:
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
        sync_folder(path.parent)
    except OSError as error:
        raise HomeError(f"{path}: the master key cannot be written ({error.strerror})") from None
    finally:
        fresh.unlink(missing_ok=True)


def destroy_key(path: Path) -> None:
    """Overwritten before it is removed: where the disk keeps no old blocks, nothing of it is left. Raises HomeError."""
    try:
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        sync_folder(path.parent)
    except OSError as error:
        raise HomeError(f"{path}: the old master key cannot be destroyed ({error.strerror}); remove it") from None


def sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
