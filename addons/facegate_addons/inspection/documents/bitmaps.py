"""Fonts of pictures: every glyph of a bitmap strike and every SVG document is looked at like a file of its own."""

import struct
from collections.abc import Iterator
from itertools import pairwise

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.parts import Part, Piece

# pixels an em of bitmaps that are one bit deep: larger ones could show a face, and no ordinary font has them
_DOTS = 32
# image formats with a PNG inside -> bytes of metrics before it
_PNG = {17: 5, 18: 8, 19: 0}


def sbix(tables: dict[str, bytes], budget: Budget) -> Iterator[Piece]:
    """Apple's: strikes of PNG, JPEG or TIFF files."""
    data = tables["sbix"]
    (count,) = struct.unpack_from(">I", data, 4)
    (glyphs,) = struct.unpack_from(">H", tables["maxp"], 4)
    if count > 256:
        raise Unread(Reason.UNDECODABLE, "font bitmaps")
    for strike in struct.unpack_from(f">{count}I", data, 8):
        offsets = struct.unpack_from(f">{glyphs + 1}I", data, strike + 4)
        for start, end in pairwise(offsets):
            budget.tick()
            if start > end or strike + end > len(data):
                raise Unread(Reason.UNDECODABLE, "font bitmaps")
            if end - start > 8 and data[strike + start + 4 : strike + start + 8] not in (b"dupe", b"flip"):
                yield Part(data[strike + start + 8 : strike + end], "font glyph")


def strikes(tables: dict[str, bytes], budget: Budget) -> Iterator[Piece]:
    """Google's colour bitmaps (PNG) and the old ones of dots; the places stand in a table of their own."""
    tag = next(tag for tag in ("CBDT", "EBDT", "bdat") if tag in tables)
    where = tables.get({"CBDT": "CBLC", "EBDT": "EBLC", "bdat": "bloc"}[tag], b"")
    data = tables[tag]
    (count,) = struct.unpack_from(">I", where, 4)
    if count > 256:
        raise Unread(Reason.UNDECODABLE, "font bitmaps")
    for size in range(count):
        arrays, _bytes, subtables = struct.unpack_from(">III", where, 8 + 48 * size)
        width, height, depth = struct.unpack_from(">BBB", where, 8 + 48 * size + 44)
        for row in range(subtables):
            budget.tick()
            first, last, at = struct.unpack_from(">HHI", where, arrays + 8 * row)
            index, image, base = struct.unpack_from(">HHI", where, arrays + at)
            if image in _PNG and index in (1, 3):
                offsets = struct.unpack_from(f">{last - first + 2}{'I' if index == 1 else 'H'}", where, arrays + at + 8)
                for start, end in pairwise(offsets):
                    if end > start:
                        yield Part(data[base + start + _PNG[image] + 4 : base + end], "font glyph")
            elif image in _PNG or depth != 1 or max(width, height) > _DOTS:
                raise Unread(Reason.UNSUPPORTED_TYPE, "font bitmaps")


def documents(tables: dict[str, bytes], budget: Budget) -> Iterator[Piece]:
    """SVG glyphs, compressed or not."""
    data = tables["SVG "]
    (base,) = struct.unpack_from(">I", data, 2)
    (count,) = struct.unpack_from(">H", data, base)
    places = {struct.unpack_from(">II", data, base + 2 + 12 * row + 4) for row in range(count)}
    for start, size in sorted(places):
        budget.tick()
        yield Part(data[base + start : base + start + size], "font glyph", "image/svg+xml")
