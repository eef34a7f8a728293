"""A checkpoint: how far each ledger had come at a moment, in JSON that is signed as it stands. Pure.

{"type": "facegate-ledger-checkpoint", "number": 7, "prev": "<sha256 of checkpoint 6>", "ledgers": [...], ...}
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from facegate.ledger.chain import Link
from facegate.ledger.position import Position
from facegate.ledger.verify import Archived, Known

TYPE = "facegate-ledger-checkpoint"
BEFORE_THE_FIRST = hashlib.sha256(b"facegate ledger checkpoints").hexdigest()
SIZE_MAX = 1 << 20  # bytes; a ledger takes some 250


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`ledgers` has the last line of each that follows from the first one; `bad` is damage that was found, as
    "FILE:LINE: what". `archived` says up to where lines were taken out of the home, now and before."""

    number: int
    prev: str
    at: str
    why: str
    key: str
    ledgers: Mapping[str, Position] = field(default_factory=dict)
    archived: Mapping[str, Archived] = field(default_factory=dict)
    bad: tuple[str, ...] = ()

    def to_bytes(self) -> bytes:
        facts = {
            "type": TYPE,
            "number": self.number,
            "prev": self.prev,
            "at": self.at,
            "why": self.why,
            "key": self.key,
            "ledgers": [
                {"name": name, "seq": it.seq, "hash": it.hash, "line": it.line, "offset": it.offset}
                for name, it in sorted(self.ledgers.items())
            ],
            "archived": [
                {"name": name, "seq": it.link.seq, "hash": it.link.hash, "at": it.at, "by": it.by, "to": it.to}
                for name, it in sorted(self.archived.items())
            ],
            "bad": list(self.bad),
        }
        return json.dumps(facts, indent=1, ensure_ascii=True).encode() + b"\n"


def parse(raw: bytes) -> Checkpoint | None:
    try:
        facts = json.loads(raw)
        if facts["type"] != TYPE:
            return None
        return Checkpoint(
            number=int(facts["number"]),
            prev=str(facts["prev"]),
            at=str(facts["at"]),
            why=str(facts["why"]),
            key=str(facts["key"]),
            ledgers={str(it["name"]): _position(it) for it in facts["ledgers"]},
            archived={str(it["name"]): _archived(it) for it in facts["archived"]},
            bad=tuple(str(it) for it in facts["bad"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def digest_of(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def known_by(checkpoints: Mapping[str, Checkpoint]) -> Known:
    """What they say of the ledgers; by the name of each, in the order of their numbers."""
    marks: dict[str, dict[int, dict[str, str]]] = {}
    archived: Mapping[str, Archived] = {}
    for who, it in checkpoints.items():
        for name, position in it.ledgers.items():
            if position.seq:
                marks.setdefault(name, {}).setdefault(position.seq, {}).setdefault(position.hash, who)
        archived = it.archived or archived
    return Known(marks, archived)


def _position(it: Mapping[str, Any]) -> Position:
    return Position(int(it["seq"]), str(it["hash"]), int(it["line"]), int(it["offset"]))


def _archived(it: Mapping[str, Any]) -> Archived:
    return Archived(Link(int(it["seq"]), str(it["hash"])), str(it["at"]), str(it["by"]), str(it["to"]))
