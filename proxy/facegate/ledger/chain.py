"""The ledger's line: JSON that carries the hash of itself and of the line before. Pure.

    {"entry":{...},"prev":"<64 hex>","seq":7,"hash":"<64 hex>"}

`hash` is the sha256 of the line's own bytes up to `,"hash"` with the closing brace put back, so a line can be
checked with sha256sum alone. `prev` is the hash of the line before; the first line's is bound to the file's name.
What is entered is bounded: a longer text is cut, and says how long it was and what its sha256 is.
"""

import hashlib
import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from facegate.state.urls import without_userinfo

TEXT_MAX = 8192  # characters of one text; browsers and servers take no longer URLs
ITEMS_MAX = 10_000  # of one list or table; a job has at most 1,000 hosts and 1,000 members
DEPTH_MAX = 16
LINE_MAX = 1 << 20  # bytes; a job's document with all its hosts and members has some 600 KB at most
NAME_MAX = 128  # characters of a key
_KEPT = ("at", "event", "job", "by", "via", "id", "record", "user")  # of an entry that is over LINE_MAX

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
    body = _body(after, _plain(entry))
    if len(body) > LINE_MAX:
        kept = {name: text[:NAME_MAX] for name in _KEPT if isinstance(text := _plain(entry.get(name)), str)}
        cut = {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
        body = _body(after, {**kept, "cut": cut})
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


def _body(after: Link, entry: Any) -> bytes:
    # ASCII: a hostile URL cannot bring line or paragraph separators, nor half a character, into the file
    facts = {"entry": entry, "prev": after.hash, "seq": after.seq + 1}
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def _plain(value: object, depth: int = 0) -> Any:
    """What JSON can hold. Bytes are counted, not kept: no body belongs into the ledger, nor do credentials in URLs."""
    match value:
        case None | bool():
            return value
        case int():
            return value if -(2**63) <= value < 2**64 else f"<a number of {value.bit_length()} bits>"
        case float():
            return value if value == value and abs(value) != float("inf") else str(value)
        case str():
            return _text(str(value))
        case bytes() | bytearray() | memoryview():
            return f"<{len(value)} bytes>"
        case Mapping() | list() | tuple() | set() | frozenset() if depth >= DEPTH_MAX:
            return "<deeper than this may be>"
        case Mapping():
            some = itertools.islice(value.items(), ITEMS_MAX)
            plain = {_text(str(key))[:NAME_MAX]: _plain(item, depth + 1) for key, item in some}
            return plain if len(value) <= ITEMS_MAX else plain | {"cut": f"<{len(value)} items>"}
        case list() | tuple() | set() | frozenset():
            items = [_plain(item, depth + 1) for item in itertools.islice(value, ITEMS_MAX)]
            return items if len(value) <= ITEMS_MAX else [*items, f"<{len(value)} items>"]
        case _:
            return _text(str(value))


def _text(text: str) -> str:
    text = without_userinfo(text)
    if len(text) <= TEXT_MAX:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{text[:TEXT_MAX]}<cut: {len(text)} characters, sha256 {digest}>"
