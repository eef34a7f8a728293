"""The Ed25519 key that signs checkpoints: made once, a file of its own under home, or where the configuration says.

It is not wrapped under the master key: the two have different lives. The master key can be changed, or destroyed with
all that it encrypts, and what was signed has to be checked, and gone on with, all the same; and where both lie in one
home, who reads one reads the other. Whoever wants it apart names another place with `ledger.key`.
"""

import hashlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from facegate.errors import ConfigError, HomeError
from facegate.modes import variable
from facegate.state.home import Home

_PEM_MAX = 64 << 10


def signing_key(home: Home, place: Mapping[str, str]) -> Ed25519PrivateKey:
    """`place` is `ledger.key`. Raises HomeError with one line when the key is missing, wrong or readable by others."""
    if "env" in place:
        text = os.environ.get(place["env"])
        if not text:
            raise HomeError(f"ledger.key: {variable(place['env'])} is not set; set it to a PEM key: {_MAKE}")
        return _private(text.encode(), variable(place["env"]))
    path = Path(place["file"]).expanduser() if "file" in place else home.ledger_key
    if path == home.ledger_key and not path.exists():
        if any(home.checkpoints.glob("*.json")):
            raise HomeError(f"{path}: is missing, and checkpoints were signed with it; restore it from a backup")
        _make(path)
    try:
        if path.stat().st_mode & 0o077:
            raise HomeError(f"{path}: others can read the ledger's key; run: chmod 600 {path}")
        return _private(path.read_bytes(), str(path))
    except OSError as error:
        raise HomeError(f"{path}: the ledger's key cannot be read ({error.strerror})") from None


def public_pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def fingerprint(key: Ed25519PublicKey) -> str:
    """sha256 of the key's DER form: `openssl pkey -pubin -in FILE -outform DER | sha256sum`."""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def read_public(path: Path) -> Ed25519PublicKey:
    """Raises ConfigError."""
    try:
        with path.open("rb") as file:
            key = load_pem_public_key(file.read(_PEM_MAX))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); name a public key's file") from None
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise ConfigError(f"{path}: is no Ed25519 public key in PEM; name what `facegate ledger key` printed")
    return key


def is_signed(data: bytes, signature: bytes, key: Ed25519PublicKey) -> bool:
    try:
        key.verify(signature, data)
    except InvalidSignature:
        return False
    return True


_MAKE = "openssl genpkey -algorithm ed25519"


def _private(raw: bytes, where: str) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(raw[:_PEM_MAX], None)
    except (ValueError, TypeError, UnsupportedAlgorithm):  # TypeError: it is encrypted
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise HomeError(f"{where}: is no Ed25519 key in PEM without a password; make one with: {_MAKE}")
    return key


def _make(path: Path) -> None:
    """Written aside and linked into place: two starts at once end with one key, a crash with none or a whole one."""
    fresh = path.with_name(f"{path.name}.new-{secrets.token_hex(4)}")
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        handle = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)
        except FileExistsError:
            return
    except OSError as error:
        raise HomeError(f"{path}: the ledger's key cannot be written ({error.strerror})") from None
    finally:
        fresh.unlink(missing_ok=True)
