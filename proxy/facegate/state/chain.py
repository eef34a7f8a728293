"""The ledger's line: JSON that carries the hash of itself and of the line before. Pure.

    {"entry":{...},"prev":"<64 hex>","seq":7,"hash":"<64 hex>"}

`hash` is the sha256 of the line's own bytes up to `,"hash"` with the closing brace put back, so a line can be
checked with sha256sum alone. `prev` is the hash of the line before; the first line's is bound to the file's name.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from facegate.state.urls import without_userinfo

_TAIL = re.compile(rb',"hash":"([0-9a-f]{64})"\}\Z')
_TAIL_LENGTH = len(b',"hash":""}') + 64


@dataclass(frozen=True, slots=True)
class Link:
    """Where the chain stands: number and hash of its last line."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Line:
    seq: int
    prev: str
    hash: str
    entry: dict[str, Any]

    @property
    def link(self) -> Link:
        return Link(self.seq, self.hash)


def genesis(name: str) -> Link:
    """What the first line of ledger `name` is chained to."""
    return Link(0, hashlib.sha256(f"facegate ledger {name}".encode()).hexdigest())


def make_line(after: Link, entry: Mapping[str, object]) -> tuple[bytes, Link]:
    """The next line, with its newline, and where the chain then stands."""
    facts = {"entry": _plain(entry), "prev": after.hash, "seq": after.seq + 1}
    # ASCII: a hostile URL cannot bring line or paragraph separators, nor half a character, into the file
    body = json.dumps(facts, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")
    digest = hashlib.sha256(body).hexdigest()
    return body[:-1] + b',"hash":"' + digest.encode() + b'"}\n', Link(after.seq + 1, digest)


def parse_line(raw: bytes) -> Line | None:
    """The line, when it is what it was when it was written; else None. `raw` comes without its newline."""
    tail = _TAIL.search(raw[-_TAIL_LENGTH:])
    if tail is None:
        return None
    body = raw[:-_TAIL_LENGTH] + b"}"
    digest = tail[1].decode()
    if hashlib.sha256(body).hexdigest() != digest:
        return None
    try:
        facts = json.loads(body)
        return Line(int(facts["seq"]), str(facts["prev"]), digest, dict(facts["entry"]))
    except (ValueError, KeyError, TypeError):
        return None


def _plain(value: object) -> Any:
    """What JSON can hold. Bytes are counted, not kept: no body belongs into the ledger, nor do credentials in URLs."""
    match value:
        case None | bool() | int():
            return value
        case float():
            return value if value == value and abs(value) != float("inf") else str(value)
        case str():
            return without_userinfo(str(value))
        case bytes() | bytearray() | memoryview():
            return f"<{len(value)} bytes>"
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(item) for item in value]
        case _:
            return without_userinfo(str(value))
