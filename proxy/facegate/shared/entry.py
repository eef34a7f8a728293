"""One entry of the shared log: the statements of a transaction, sealed and bound to their place in the log.

Whoever can write to Redis could otherwise write to every node's database, and open a gate by it.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from facegate.errors import StateError

KEY_BYTES: Final = 32
_NONCE: Final = 12
_PURPOSE: Final = b"facegate shared state 1"

Statement = tuple[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Place:
    """How far a node, or the log, has come: `head` stands for everything up to `position`."""

    epoch: str
    position: int
    head: str

    def after(self, sealed: bytes) -> "Place":
        digest = hashlib.sha256(self.head.encode() + sealed).hexdigest()
        return Place(self.epoch, self.position + 1, digest)


class Seal:
    """AES-256-GCM under a key that all nodes derive from `state.key`, another one for each purpose."""

    def __init__(self, secret: bytes, purpose: bytes = _PURPOSE) -> None:
        self._cipher = AESGCM(HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=purpose).derive(secret))

    def close(self, data: bytes, bound: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, data, bound.encode())

    def open(self, sealed: bytes, bound: str) -> bytes:
        """Raises StateError for what was sealed under another key, for another place, or altered."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound.encode())
        except (InvalidTag, ValueError):
            raise StateError(
                "the shared state holds what was not written with this state.key for this place in its log"
            ) from None


def close(seal: Seal, before: Place, schema: int, statements: Sequence[Statement]) -> bytes:
    """The entry that follows `before`."""
    data = {"schema": schema, "do": [[sql, [_plain(value) for value in values]] for sql, values in statements]}
    return seal.close(json.dumps(data, ensure_ascii=True, separators=(",", ":")).encode(), _bound(before))


def open_(seal: Seal, before: Place, schema: int, sealed: bytes) -> list[Statement]:
    """Raises StateError; also for an entry that was written under another schema."""
    data = json.loads(seal.open(sealed, _bound(before)))
    if data["schema"] != schema:
        raise StateError(
            f"the shared log was written by another version of facegate (schema {data['schema']}, this one has "
            f"{schema}); run the same version on every node, see docs/state.md"
        )
    return [(sql, [_value(value) for value in values]) for sql, values in data["do"]]


def _bound(before: Place) -> str:
    return f"entry {before.epoch} {before.position} {before.head}"


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | bytearray | memoryview):
        return {"b": base64.b64encode(value).decode()}
    if value is None or isinstance(value, str | int | float):
        return str(value) if isinstance(value, str) else value
    raise StateError(f"a {type(value).__name__} cannot be shared")


def _value(value: Any) -> Any:
    return base64.b64decode(value["b"]) if isinstance(value, dict) else value
