"""Tape archives: v7, ustar, pax, GNU. Read block by block, as what stands between the members counts too.

Readers differ over entries that say two things, so those are refused: links and directories with data, sizes that pax
overrides, numbers that are none. Sparse files and volumes are not put together.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Spent, Unread
from facegate_addons.inspection.containers.magics import is_tar
from facegate_addons.inspection.containers.slack import Slack
from facegate_addons.inspection.parts import Part, Piece, Source

BLOCK = 512
ENTRIES = 10  # for each member with something in it: folders and links cost little
_OCTAL = re.compile(rb" *([0-7]*)[ \0]*")
_PAX = re.compile(rb"(\d{1,9}) ([^=]+)=")
_NAMES = b"KLxXg"  # entries that describe the next one, or all that follow
_WITHOUT_DATA = b"123456"
_SPLIT = b"SMV"  # sparse, a volume's continuation, a volume's label


@dataclass(frozen=True, slots=True)
class _Entry:
    type: int
    size: int
    name: bytes


@dataclass(frozen=True, slots=True)
class _Said:
    """What the entries before an entry say of it."""

    size: int | None = None
    name: bytes | None = None


def tars(source: Source) -> Iterator[Piece]:
    data, at, entries, number, beside = source.data, 0, 0, 0, Slack()
    said = _Said()
    while len(data) - at >= BLOCK and (head := data[at : at + BLOCK]).strip(b"\0"):
        source.budget.tick()
        entries += 1
        if entries > ENTRIES * source.budget.limits.members:
            raise Spent(Reason.LIMIT_MEMBERS)
        entry = _entry(head)
        beside.note(head.rstrip(b"\0"))
        body = data[at + BLOCK : at + BLOCK + entry.size]
        if len(body) < entry.size:
            raise EOFError
        at += BLOCK + entry.size
        if entry.type in _NAMES:
            for key, value in _records(entry.type, body):
                yield from beside.add(value, "pax header")
                said = _heard(said, key, value)
        else:
            _agree(entry, said)
            said = _Said()
            number += 1
            if body:
                yield Part(body, f"member {number}")
        padding = -at % BLOCK
        beside.note(data[at : at + padding].strip(b"\0"))
        at += padding
    # whole blocks, so that an archive behind the end is one
    behind = len(data) - len(data[at:].lstrip(b"\0"))
    yield from beside.add(data[at + (behind - at) // BLOCK * BLOCK :], "after the archive")
    yield from beside.notes()


def _entry(head: bytes) -> _Entry:
    if not is_tar(head):
        raise ValueError
    return _Entry(head[156], _number(head[124:136]), head[:100].partition(b"\0")[0])


def _number(field: bytes) -> int:
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    match = _OCTAL.fullmatch(field)
    if match is None:
        raise ValueError
    return int(match[1] or b"0", 8)


def _records(kind: int, body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """What an entry says of the next, in the words of pax."""
    if kind in b"KL":
        yield b"path" if kind == ord("L") else b"linkpath", body.rstrip(b"\0")
        return
    at = 0
    while at < len(body):
        match = _PAX.match(body, at)
        if match is None or int(match[1]) < match.end() - at or at + int(match[1]) > len(body):
            raise ValueError
        yield match[2], body[match.end() : at + int(match[1]) - 1]
        at += int(match[1])


def _heard(said: _Said, key: bytes, value: bytes) -> _Said:
    if key.startswith(b"GNU.sparse"):
        raise Unread(Reason.UNSUPPORTED_TYPE, "sparse file")
    if key == b"size":
        return replace(said, size=int(value))
    return replace(said, name=value) if key == b"path" else said


def _agree(entry: _Entry, said: _Said) -> None:
    if entry.type in _SPLIT:
        raise Unread(Reason.UNSUPPORTED_TYPE, "sparse file")
    if said.size not in (None, entry.size):
        raise ValueError
    folder = (entry.name if said.name is None else said.name).endswith(b"/")
    if entry.size and (folder or entry.type in _WITHOUT_DATA):
        raise ValueError
