"""The resources of a Windows program: three levels of directories (type, name, language), then bytes."""

import struct
from collections.abc import Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.parts import Part, Piece
from facegate_addons.inspection.programs.bulk import LITTLE, named

_CURSOR, _BITMAP, _ICON = 1, 2, 3
# menus, dialogs, strings, accelerators, messages, groups of icons and cursors, versions
_PLAIN = (4, 5, 6, 9, 11, 12, 14, 16, 17)


def resources(data: bytes, address: int, sections: list[tuple[int, int, int]], budget: Budget) -> Iterator[Piece]:
    """`sections`: (virtual address, size, offset in the file)."""
    base = _offset(address, sections)
    for kind, leaf in _leaves(data, base, base, 0, 0, budget):
        where, size = struct.unpack_from("<II", data, leaf)
        start = _offset(where, sections)
        body = data[start : start + size]
        if len(body) < size:
            raise Unread(Reason.UNDECODABLE, "pe resources")
        if kind in (_ICON, _CURSOR):
            yield Part(_icon(body[4:] if kind == _CURSOR else body), "resource")
        elif kind == _BITMAP:
            yield Part(bitmap(body), "resource")
        else:
            yield from named(body, "resource", LITTLE, known=kind in _PLAIN)


def _offset(address: int, sections: list[tuple[int, int, int]]) -> int:
    for start, size, offset in sections:
        if start <= address < start + size:
            return address - start + offset
    raise Unread(Reason.UNDECODABLE, "pe resources")


def _leaves(data: bytes, base: int, at: int, depth: int, kind: int, budget: Budget) -> Iterator[tuple[int, int]]:
    """(type, place of the data entry); type 0 has a name instead of a number."""
    named_entries, numbered = struct.unpack_from("<HH", data, at + 12)
    for row in range(named_entries + numbered):
        budget.tick()
        name, child = struct.unpack_from("<II", data, at + 16 + 8 * row)
        this = kind if depth else (0 if name >> 31 else name)
        if child >> 31 and depth < 3:
            budget.member()
            yield from _leaves(data, base, base + (child & 0x7FFF_FFFF), depth + 1, this, budget)
        elif child >> 31:
            raise Unread(Reason.UNDECODABLE, "pe resources")
        else:
            yield this, base + child


def _icon(body: bytes) -> bytes:
    """A file of this one icon; the sizes of its head are read from the picture itself."""
    if body.startswith(b"\x89PNG"):
        return body
    _size, width, height, planes, depth = struct.unpack_from("<IiiHH", body)
    colours = 1 << depth if depth < 8 else 0
    row = struct.pack("<4BHHII", width & 255, height // 2 & 255, colours, 0, planes, depth, len(body), 22)
    return b"\0\0\1\0\1\0" + row + body


def bitmap(body: bytes) -> bytes:
    size, _width, _height, _planes, depth, compression = struct.unpack_from("<IiiHHI", body)
    (colours,) = struct.unpack_from("<I", body, 32)
    colours = colours or (1 << depth if depth <= 8 else 0)
    start = 14 + size + 4 * colours + (12 if compression == 3 and size == 40 else 0)
    return b"BM" + struct.pack("<IHHI", 14 + len(body), 0, 0, start) + body
