"""Compiled Java and Python, catalogues of translations."""

import struct
from collections.abc import Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.documents.spans import gaps
from facegate_addons.inspection.parts import Note, Part, Piece, Source
from facegate_addons.inspection.programs.bulk import LITTLE, bulk

# tag of a constant -> its bytes; 1 is text, with a length of its own
_CONSTANTS = {3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2}
_LINES = bytes.maketrans(b"\0\4", b"\n\n")


def java(source: Source) -> Iterator[Piece]:
    """A class: its constants, of which the texts are looked at by themselves, and the rest to the end."""
    data = source.data
    (count,) = struct.unpack_from(">H", data, 8)
    at, index, texts = 10, 1, []
    while index < count:
        tag = data[at]
        if tag == 1:
            (size,) = struct.unpack_from(">H", data, at + 1)
            texts.append(data[at + 3 : at + 3 + size])
            at += 3 + size
        elif tag in _CONSTANTS:
            at += 1 + _CONSTANTS[tag]
            index += tag in (5, 6)  # these two count twice
        else:
            raise Unread(Reason.UNDECODABLE, "class")
        index += 1
    (interfaces,) = struct.unpack_from(">H", data, at + 6)
    at += 8 + 2 * interfaces
    for _ in range(2):  # fields, methods
        (members,) = struct.unpack_from(">H", data, at)
        at += 2
        for _ in range(members):
            source.budget.tick()
            at = _attributes(data, at + 6)
    at = _attributes(data, at)
    if at > len(data):
        raise Unread(Reason.UNDECODABLE, "class")
    yield Note(b"\n".join(texts), "constants")
    yield from bulk(data[:at], "class", LITTLE)
    if data[at:]:
        yield Part(data[at:], "behind the class")


def _attributes(data: bytes, at: int) -> int:
    (count,) = struct.unpack_from(">H", data, at)
    at += 2
    for _ in range(count):
        (size,) = struct.unpack_from(">I", data, at + 2)
        at += 6 + size
    return at


def pyc(source: Source) -> Iterator[Piece]:
    """Compiled Python. Its marshalled code is not undone: its texts stand in it as they are."""
    yield from bulk(source.data, "code", LITTLE)


def catalogue(source: Source) -> Iterator[Piece]:
    """Gettext's .mo: two tables of strings, and a hash table."""
    data = source.data
    order = "<" if data[0] == 0xDE else ">"
    revision, count, first, second, hashes, table = struct.unpack_from(order + "6I", data, 4)
    if count * 16 > len(data):
        raise Unread(Reason.UNDECODABLE, "mo")
    spans = [(0, 28), (first, first + 8 * count), (second, second + 8 * count), (table, table + 4 * hashes)]
    texts = bytearray()
    for row in range(2 * count):
        size, at = struct.unpack_from(order + "II", data, (first if row < count else second) + 8 * (row % count))
        spans.append((at, at + size + 1))
        if len(texts) + size > len(data):  # strings that share their bytes
            raise Unread(Reason.UNDECODABLE, "mo")
        texts += data[at : at + size] + b"\n"
    charset = bytes(texts).partition(b"charset=")[2][:20].split(None, 1)[:1]
    spans = [(start, min(end, len(data))) for start, end in spans]
    for piece in gaps(data, spans, "mo", shared=True):
        # minor revision 1 has more tables, for texts with numbers that are written differently from system to system
        yield from bulk(piece.data, piece.where, LITTLE) if revision & 0xFFFF == 1 else (piece,)
    declared = "text/plain; charset=" + (charset[0].decode("latin-1") if charset else "utf-8")
    yield Note(data, "catalogue")
    # a zero stands before a plural, and 4 behind a context
    yield Part(bytes(texts).translate(_LINES), "texts", declared)
