"""Fonts as the web packs them: WOFF (zlib a table), WOFF 2 (brotli for all), EOT. Undone here, within the budget."""

import struct
import zlib
from collections.abc import Iterator

import brotli

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.documents.sfnt import TABLES
from facegate_addons.inspection.documents.spans import gaps
from facegate_addons.inspection.documents.tables import font
from facegate_addons.inspection.parts import Note, Part, Piece, Source
from facegate_addons.inspection.unwrap import br

# WOFF 2 has numbers for the tags that fonts usually have
_NUMBERED = (
    "cmap head hhea hmtx maxp name OS/2 post cvt_ fpgm glyf loca prep CFF_ VORG EBDT EBLC gasp hdmx kern "
    "LTSH PCLT VDMX vhea vmtx BASE GDEF GPOS GSUB EBSC JSTF MATH CBDT CBLC COLR CPAL SVG_ sbix acnt avar "
    "bdat bloc bsln cvar fdsc feat fmtx fvar gvar hsty just lcar mort morx opbd prop trak Zapf Silf Glat "
    "Gloc Feat Sill "
)
_TAGS = [tag.replace("_", " ") for tag in _NUMBERED.split()]
_EOT_COMPRESSED, _EOT_XOR = 0x4, 0x1000_0000


def woff(source: Source) -> Iterator[Piece]:
    data = source.data
    length, count, total = struct.unpack_from(">I H 2x I", data, 8)
    if not 0 < count <= TABLES:
        raise Unread(Reason.UNDECODABLE, "woff")
    spans = [(0, 44 + 20 * count)]
    tables = {}
    for row in range(count):
        tag, at, packed, size = struct.unpack_from(">4sIII", data, 44 + 20 * row)
        spans.append((at, at + packed))
        raw = data[at : at + packed]
        tables[tag.decode("latin-1")] = raw if packed >= size else _inflate(raw, size, source.budget)
    if len(tables) != count or length != len(data) or sum(map(len, tables.values())) > total:
        raise Unread(Reason.UNDECODABLE, "woff")
    yield from _extras(data, 24, spans, source.budget, brotli_coded=False)
    yield from gaps(data, spans, "woff")
    yield from font(tables, tables.keys(), source.budget)


def _extras(
    data: bytes, at: int, spans: list[tuple[int, int]], budget: Budget, *, brotli_coded: bool
) -> Iterator[Piece]:
    """The block of metadata (XML) and the private one, which may hold anything."""
    meta, packed, size, private, private_size = struct.unpack_from(">5I", data, at)
    if packed:
        spans.append((meta, meta + packed))
        raw = data[meta : meta + packed]
        plain = _unbrotli(raw, size, budget) if brotli_coded else _inflate(raw, size, budget)
        yield Part(plain, "font metadata", "text/xml")
    if private_size:
        spans.append((private, private + private_size))
        yield Part(data[private : private + private_size], "private data")


def woff2(source: Source) -> Iterator[Piece]:
    data = source.data
    flavour, length, count, _total, packed = struct.unpack_from(">4sIH2xII", data, 4)
    if not 0 < count <= TABLES * 16 or length != len(data):
        raise Unread(Reason.UNDECODABLE, "woff2")
    rows, at = _directory(data, count)
    fonts, at = _fonts(data, at, count) if flavour == b"ttcf" else ([list(range(count))], at)
    spans = [(0, at), (at, at + packed)]
    whole = _unbrotli(data[at : at + packed], sum(size for _, size, _ in rows), source.budget)
    yield from _extras(data, 28, spans, source.budget, brotli_coded=True)
    yield from gaps(data, spans, "woff2")
    tables, start = [], 0
    for _tag, size, _changed in rows:
        tables.append(whole[start : start + size])
        start += size
    known: set[int] = set()
    for members in fonts:
        if len({rows[i][0] for i in members}) != len(members):
            raise Unread(Reason.UNDECODABLE, "woff2")
        fresh = {rows[i][0] for i in members if i not in known}
        known.update(members)
        changed = {rows[i][0] for i in members if rows[i][2]}
        yield from font({rows[i][0]: tables[i] for i in members}, fresh, source.budget, changed)
    for index in set(range(count)) - known:
        yield Part(tables[index], "font table")


def _directory(data: bytes, count: int) -> tuple[list[tuple[str, int, bool]], int]:
    """(tag, bytes in the stream, transformed) of every table, and where the directory ends."""
    rows, at = [], 48
    for _ in range(count):
        flags, at = data[at], at + 1
        if flags & 63 == 63:
            tag, at = data[at : at + 4].decode("latin-1"), at + 4
        else:
            tag = _TAGS[flags & 63]
        size, at = _base128(data, at)
        # for outlines, version 3 says "as it is"; for every other table, 0 does
        changed = flags >> 6 != (3 if tag in ("glyf", "loca") else 0)
        if changed:
            size, at = _base128(data, at)
        rows.append((tag, size, changed))
    return rows, at


def _fonts(data: bytes, at: int, count: int) -> tuple[list[list[int]], int]:
    """The tables of every font of a collection, and where its header ends."""
    number, at = _short(data, at + 4)
    fonts = []
    for _ in range(number):
        size, at = _short(data, at)
        at += 4
        members = []
        for _ in range(size):
            index, at = _short(data, at)
            members.append(index)
        if not members or max(members) >= count:
            raise Unread(Reason.UNDECODABLE, "woff2")
        fonts.append(members)
    return fonts, at


def _short(data: bytes, at: int) -> tuple[int, int]:
    """A 255UInt16."""
    code = data[at]
    if code == 253:
        return data[at + 1] * 256 + data[at + 2], at + 3
    if code >= 254:
        return data[at + 1] + (506 if code == 254 else 253), at + 2
    return code, at + 1


def _base128(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for _ in range(5):
        byte, at = data[at], at + 1
        value = value << 7 | byte & 127
        if byte < 128:
            return value, at
    raise Unread(Reason.UNDECODABLE, "woff2")


def _inflate(raw: bytes, size: int, budget: Budget) -> bytes:
    """One zlib stream of `size` bytes, whole and nothing behind it."""
    budget.decoded(size)
    stream = zlib.decompressobj()
    plain = stream.decompress(raw, size + 1)
    if len(plain) != size or not stream.eof or stream.unused_data.strip(b"\0"):
        raise Unread(Reason.UNDECODABLE, "woff")
    return plain


def _unbrotli(raw: bytes, size: int, budget: Budget) -> bytes:
    budget.decoded(size)
    whole = bytearray()
    try:
        for piece in br(raw):
            whole += piece
            if len(whole) > size:
                break
    except brotli.error:
        raise Unread(Reason.UNDECODABLE, "woff2") from None
    if len(whole) != size:
        raise Unread(Reason.UNDECODABLE, "woff2")
    return bytes(whole)


def eot(source: Source) -> Iterator[Piece]:
    """A head with names, and the font. Compressed by a method of its own it is a note: no browser reads it any more."""
    data = source.data
    total, size, _version, flags = struct.unpack_from("<4I", data)
    if total != len(data) or not 0 < size < total:
        raise Unread(Reason.UNDECODABLE, "eot")
    head, inner = data[:-size], data[-size:]
    if flags & _EOT_XOR:
        source.budget.decoded(size)
        inner = inner.translate(bytes(byte ^ 0x50 for byte in range(256)))
    yield Part(head, "head") if len(head) > 2_048 else Note(head, "head")
    if not flags & _EOT_COMPRESSED:
        yield Part(inner, "font")
        return
    # MicroType Express: a version, how far back copies reach, and where the second and third stream begin
    second, third = int.from_bytes(inner[4:7], "big"), int.from_bytes(inner[7:10], "big")
    if inner[:1] != b"\x03" or not 10 < second < third < size:
        raise Unread(Reason.UNSUPPORTED_TYPE, "eot")
    yield Note(inner, "font")
