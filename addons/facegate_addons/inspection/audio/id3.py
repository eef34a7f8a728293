"""ID3v2, the tags of MP3: texts, covers and attached objects."""

import re
import zlib
from collections.abc import Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.documents.spans import SLACK
from facegate_addons.inspection.parts import Note, Part, Piece
from facegate_addons.inspection.programs.bulk import LITTLE, named

# encoding byte -> what ends a text
_ENDS = {0: b"\0", 1: b"\0\0", 2: b"\0\0", 3: b"\0"}
_CODECS = {0: "latin-1", 1: "utf-16", 2: "utf-16-be", 3: "utf-8"}
_NAME = re.compile(rb"[A-Z0-9 ]{3,4}")


def length(data: bytes, at: int) -> int:
    """Bytes of the tag that begins at `at`, head and footer included; 0 when none does."""
    if data[at : at + 3] != b"ID3" or len(data) < at + 10:
        return 0
    return 10 + _syncsafe(data[at + 6 : at + 10]) + (10 if data[at + 5] & 0x10 else 0)


def _syncsafe(data: bytes) -> int:
    value = 0
    for byte in data:
        value = value << 7 | byte & 127
    return value


def tag(data: bytes, budget: Budget) -> Iterator[Piece]:
    """Every frame of one tag, and what stands in its padding."""
    version, flags = data[3], data[5]
    body = data[10 : 10 + _syncsafe(data[6:10])]
    if version not in (2, 3, 4) or len(body) < _syncsafe(data[6:10]):
        raise Unread(Reason.UNDECODABLE, "id3")
    if flags & 0x80 and version < 4:
        body = body.replace(b"\xff\0", b"\xff")
    at = 0
    if flags & 0x40 and version > 2:  # an extended head; version 3 does not count the four bytes of its size
        size = _syncsafe(body[:4])
        at = size if version == 4 else size + 4
    width = 6 if version == 2 else 10
    while at + width <= len(body) and body[at]:
        budget.tick()
        name = body[at : at + (3 if version == 2 else 4)]
        if not _NAME.fullmatch(name):
            break
        raw = body[at + len(name) : at + (6 if version == 2 else 8)]
        size = _syncsafe(raw) if version == 4 else int.from_bytes(raw, "big")
        marks = body[at + 9] if version > 2 else 0
        content = body[at + width : at + width + size]
        if len(content) < size:
            raise Unread(Reason.UNDECODABLE, "id3")
        yield from _frame(name, _plain(content, marks, version, budget))
        at += width + size
    rest = body[at:].strip(b"\0")
    if rest:
        yield Part(rest, "padding") if len(rest) > SLACK else Note(rest, "padding")


def _plain(content: bytes, marks: int, version: int, budget: Budget) -> bytes:
    packed, locked = (0x80, 0x40) if version == 3 else (0x08, 0x04)
    if marks & locked:
        raise Unread(Reason.ENCRYPTED, "id3")
    if version == 4:
        if marks & 0x02:
            content = content.replace(b"\xff\0", b"\xff")
        if marks & 0x01 and not marks & packed:
            content = content[4:]
    if marks & packed:
        stream = zlib.decompressobj()
        content = stream.decompress(content[4:], max(1, budget.room + 1))
        budget.decoded(len(content))
        if not stream.eof:
            raise Unread(Reason.UNDECODABLE, "id3")
    return content


def _frame(name: bytes, content: bytes) -> Iterator[Piece]:
    if not content:
        return
    yield Note(content, "tag")
    if name in (b"APIC", b"PIC", b"GEOB", b"GEO"):
        yield Part(_object(name, content), "cover")
    elif name[:1] == b"T" or name in (b"COMM", b"USLT", b"COM", b"ULT"):
        text = content[1:].decode(_CODECS.get(content[0], "latin-1"), "replace")
        yield Part(text.replace("\0", "\n").encode("utf-8", "replace"), "tag", "text/plain; charset=utf-8")
    else:
        yield from named(content, "tag", LITTLE, known=name in (b"MCDI", b"PRIV", b"NCON", b"POPM", b"UFID", b"RVAD"))


def _object(name: bytes, content: bytes) -> bytes:
    """What stands behind the texts: its type, its name, what is said of it."""
    end = _ENDS.get(content[0], b"\0")
    at = 5 if name == b"PIC" else content.index(b"\0", 1) + 1
    at += name in (b"APIC",)
    for _ in range(2 if name in (b"GEOB", b"GEO") else 1):
        while content[at : at + len(end)] not in (end, b""):
            at += len(end)
        at += len(end)
    return content[at:]
