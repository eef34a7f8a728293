"""The tables of a font: which are known and are what they say, and which carry pictures.

Outlines, instructions and layout rules are numbers that nobody can tell from a message; they are notes once their
structure holds and they are no denser than such tables are. What stays open: a drawing made of outlines, and raw
pixels written as coordinates, for a client that knows.
"""

import struct
from collections.abc import Callable, Iterator, Set

import numpy as np

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.documents import bitmaps, outlines
from facegate_addons.inspection.documents.packed import BLOCK, packed
from facegate_addons.inspection.documents.spans import SLACK
from facegate_addons.inspection.parts import Note, Part, Piece

# tag -> bytes it has at most; fixed headers, and lists whose length the format bounds
_SMALL = {"head": 54, "hhea": 36, "vhea": 36, "maxp": 32, "OS/2": 128, "bhed": 54, "FFTM": 28, "gasp": 256}
_SMALL |= {"fpgm": 1 << 16, "prep": 1 << 16, "cvt ": 1 << 16, "PCLT": 54, "meta": 1 << 12, "ltag": 1 << 12}
_SMALL |= {"avar": 1 << 16, "fvar": 1 << 14, "STAT": 1 << 14, "MVAR": 1 << 16, "TSI0": 1 << 19, "TSI2": 1 << 19}
# numbers about glyphs, of any length
_NUMBERS = (
    "cmap hmtx vmtx post kern kerx hdmx VDMX LTSH VORG DSIG HVAR VVAR cvar gvar feat morx mort prop trak "
    "ankr bsln just lcar opbd fmtx fdsc fond acnt Zapf xref MERG COLR CPAL EBSC bloc EBLC CBLC Silf Sill "
    "Glat Gloc Feat TSI1 TSI3 TSI5 TSIV TSID TSIP TSIJ TSIB TSIC TSIS TTFA IFT_ IFTX VARC GVAR gcid Debg "
    "PfEd "
)
_PLAIN = frozenset(tag.replace("_", " ") for tag in _NUMBERS.split())
# bits a byte over which outlines sorted into streams are none: those of Open Sans have 7.88, random bytes 7.95
_STREAMS = 7.9
_LAYOUT = ("GSUB", "GPOS", "GDEF", "BASE", "JSTF", "MATH")
_OUTLINES = ("glyf", "CFF ", "CFF2", "CBDT", "EBDT", "bdat", "sbix", "SVG ")


def font(
    tables: dict[str, bytes], fresh: Set[str], budget: Budget, transformed: Set[str] = frozenset()
) -> Iterator[Piece]:
    """The pieces of one font: of all its `tables`, those that no font before it had. `transformed`: as in WOFF 2."""
    head = tables.get("head") or tables.get("bhed", b"")
    if head[12:16] != b"\x5f\x0f\x3c\xf5" or len(tables.get("maxp", b"")) < 6:
        raise Unread(Reason.UNDECODABLE, "font")
    if not any(tag in tables for tag in _OUTLINES):
        raise Unread(Reason.UNDECODABLE, "font")
    for tag in sorted(fresh):
        budget.tick()
        data = tables[tag]
        if tag in transformed:
            dense = packed(data, 2 * BLOCK, _STREAMS)
        else:
            dense = packed(_variations(data) if tag == "gvar" else data)
        if dense and tag not in _PICTURES:
            yield Part(data, "font table")
            continue
        yield Note(data, "font table")
        if tag in _PICTURES:
            yield from _PICTURES[tag](tables, budget)
        elif tag == "name":
            yield from _names(data)
        elif tag == "glyf":
            yield from outlines.transformed(tables) if tag in transformed else outlines.glyf(tables, budget)
        elif tag == "loca":
            if "glyf" not in tables:
                raise Unread(Reason.UNDECODABLE, "font")
        elif tag in ("CFF ", "CFF2"):
            outlines.cff(data, tag)
        elif tag in _LAYOUT:
            _layout(data)
        elif len(data) > _SMALL.get(tag, len(data) if tag in _PLAIN else SLACK):
            yield Part(data, "font table")


_PICTURES: dict[str, Callable[[dict[str, bytes], Budget], Iterator[Piece]]] = {
    "sbix": bitmaps.sbix,
    "CBDT": bitmaps.strikes,
    "EBDT": bitmaps.strikes,
    "bdat": bitmaps.strikes,
    "SVG ": bitmaps.documents,
}


def _variations(data: bytes) -> bytes:
    """Without the offsets of the glyphs: numbers that ascend use all low bytes alike."""
    count, flags = struct.unpack_from(">HH", data, 12)
    offsets = np.frombuffer(data, ">u4" if flags & 1 else ">u2", count + 1, 20)
    return data if (offsets[1:] < offsets[:-1]).any() else data[20 + offsets.nbytes :]


def _names(data: bytes) -> Iterator[Piece]:
    """Names, licences and whatever else is said of the font, as one text; what no record names is another piece."""
    version, count, storage = struct.unpack_from(">HHH", data)
    texts, named = [], [(0, storage)]
    for row in range(count):
        platform, _encoding, _language, _name, size, at = struct.unpack_from(">6H", data, 6 + 12 * row)
        raw = data[storage + at : storage + at + size]
        named.append((storage + at, storage + at + size))
        texts.append(raw.decode("utf-16-be" if platform in (0, 3) else "latin-1", "replace"))
    if version == 1:
        (tags,) = struct.unpack_from(">H", data, 6 + 12 * count)
        for row in range(tags):
            size, at = struct.unpack_from(">HH", data, 8 + 12 * count + 4 * row)
            named.append((storage + at, storage + at + size))
    if storage > 10 + 12 * count + (4 * tags if version == 1 else 0) + SLACK:
        raise Unread(Reason.UNDECODABLE, "font names")
    yield Part("\n".join(dict.fromkeys(texts)).encode("utf-8", "replace"), "font names", "text/plain; charset=utf-8")
    left, at = bytearray(), 0
    for start, end in sorted(named):
        left += data[at:start]
        at = max(at, end)
    left += data[at:]
    if len(left) > SLACK:
        yield Part(bytes(left), "font names")


def _layout(data: bytes) -> None:
    """Version 1.x, and lists that begin inside the table."""
    major, minor = struct.unpack_from(">HH", data)
    lists = struct.unpack_from(">3H" if len(data) >= 10 else ">2H", data, 4)
    if major != 1 or minor > 3 or any(at >= len(data) for at in lists if at != len(data)):
        raise Unread(Reason.UNDECODABLE, "font layout")
