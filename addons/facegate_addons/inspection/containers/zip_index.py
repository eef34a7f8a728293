"""The records of a zip archive: its directory, the header before each member, and whether the two agree.

Some readers go by the directory, others by the headers as they come; some count offsets from the file's begin, others
from the archive's. An archive that these would read differently is refused.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

LOCAL, CENTRAL, END = b"PK\3\4", b"PK\1\2", b"PK\5\6"
END64, LOCATOR, DESCRIPTOR = b"PK\6\6", b"PK\6\7", b"PK\7\x08"
_FULL, _FULL16 = 0xFFFFFFFF, 0xFFFF
_ENCRYPTED = 1  # flag
_DEFERRED = 8  # flag: sizes and checksum come behind the data


class Disagreement(Exception):
    """Two records of one archive that do not say the same."""


@dataclass(frozen=True, slots=True)
class Directory:
    begin: int  # of its first record
    end: int  # of its last
    shift: int  # from the offsets it states to those in the data
    entries: int
    tail: int  # where the end records begin: what lies between is nobody's
    comment: int  # where the archive's comment begins


@dataclass(frozen=True, slots=True)
class Member:
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int  # of its header
    name: bytes
    extra: bytes
    comment: bytes


@dataclass(frozen=True, slots=True)
class Place:
    begin: int  # of the data
    end: int  # of the data
    next: int  # behind the data descriptor
    extra: bytes


def directory(data: bytes) -> Directory:
    end = data.rfind(END)
    if end < 0 or len(data) - end < 22:
        raise Disagreement
    disk, first, here, entries, size, offset, comment = struct.unpack_from("<4H2LH", data, end + 4)
    if disk not in (0, _FULL16) or first not in (0, _FULL16) or here != entries or end + 22 + comment > len(data):
        raise Disagreement
    tail = end
    if end >= 20 and data.startswith(LOCATOR, end - 20):
        tail, wide = _directory64(data, end - 20)
        for said, full, meant in zip((entries, size, offset), (_FULL16, _FULL, _FULL), wide, strict=True):
            if said not in (full, meant):
                raise Disagreement
        entries, size, offset = wide
    elif _FULL in (size, offset):
        raise Disagreement
    begin = tail - size
    if begin < 0 or (entries and not data.startswith(CENTRAL, begin)):
        raise Disagreement
    if begin != offset and data.startswith(CENTRAL, offset):
        raise Disagreement  # another directory, where other readers look for it
    return Directory(begin, begin + size, begin - offset, entries, tail, end + 22)


def _directory64(data: bytes, locator: int) -> tuple[int, tuple[int, int, int]]:
    """Where the wide end record begins, and the number of entries, the size and the offset it states."""
    disk, offset, disks = struct.unpack_from("<LQL", data, locator + 4)
    begin = locator - 56
    # one with an extensible area is longer; nobody writes it
    if disk or disks > 1 or begin < 0 or not data.startswith(END64, begin):
        raise Disagreement
    if begin != offset and data.startswith(END64, offset):
        raise Disagreement
    size, here, entries, length, start = struct.unpack_from("<Q12x4Q", data, begin + 4)
    if size != 44 or here != entries:
        raise Disagreement
    return begin, (entries, length, start)


def members(data: bytes, where: Directory) -> Iterator[Member]:
    at = where.begin
    for _ in range(where.entries):
        if not data.startswith(CENTRAL, at) or at + 46 > where.end:
            raise Disagreement
        flags, method, crc, packed, size, n, m, k, disk, offset = struct.unpack_from("<2H4x3L4H6xL", data, at + 8)
        name, extra, comment = _cut(data, at + 46, (n, m, k))
        at += 46 + n + m + k
        if at > where.end:
            raise Disagreement
        size, packed, offset = _widened(extra, size, packed, offset)
        if disk not in (0, _FULL16):
            raise Disagreement
        yield Member(flags, method, crc, packed, size, offset + where.shift, name, extra, comment)
    if at != where.end:
        raise Disagreement


def _cut(data: bytes, at: int, sizes: tuple[int, ...]) -> Iterator[bytes]:
    for size in sizes:
        yield data[at : at + size]
        at += size


def _widened(extra: bytes, *fields: int) -> tuple[int, ...]:
    """The fields that do not fit 32 bits stand in an extra field, in this order."""
    if _FULL not in fields:
        return fields
    wide = _extra_field(extra, 1)
    values = []
    for field in fields:
        if field == _FULL:
            if len(wide) < 8:
                raise Disagreement
            field, wide = int.from_bytes(wide[:8], "little"), wide[8:]
        values.append(field)
    return tuple(values)


def _extra_field(extra: bytes, wanted: int) -> bytes:
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, at)
        if kind == wanted:
            return extra[at + 4 : at + 4 + size]
        at += 4 + size
    return b""


def place(data: bytes, member: Member, stop: int) -> Place:
    """Where the member's data lie before `stop`, when the header in front of them says what the directory says."""
    at = member.offset
    if at < 0 or at + 30 > stop or not data.startswith(LOCAL, at):
        raise Disagreement
    flags, method, crc, packed, size, n, m = struct.unpack_from("<2H4x3L2H", data, at + 6)
    name, extra = _cut(data, at + 30, (n, m))
    size, packed = _widened(extra, size, packed)
    same = _ENCRYPTED | _DEFERRED
    if (flags & same, method, name) != (member.flags & same, member.method, member.name):
        raise Disagreement
    begin = at + 30 + n + m
    end = begin + member.packed
    deferred = flags & _DEFERRED and (crc, packed, size) in ((0, 0, 0), (member.crc, 0, 0))
    if end > stop or not (deferred or (crc, packed, size) == (member.crc, member.packed, member.size)):
        raise Disagreement
    behind = _descriptor(data[end : min(end + 24, stop)], member) if flags & _DEFERRED else 0
    return Place(begin, end, end + behind, extra)


def _descriptor(data: bytes, member: Member) -> int:
    """The length of the record behind the data: with or without a magic, with narrow or wide sizes."""
    for magic in (DESCRIPTOR, b""):
        for layout in ("<LLL", "<LQQ"):
            try:
                record = magic + struct.pack(layout, member.crc, member.packed, member.size)
            except struct.error:
                continue
            if data.startswith(record):
                return len(record)
    raise Disagreement
