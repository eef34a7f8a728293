"""Glyph outlines: are they laid out as their format says? A picture under a table's name is not."""

import struct
from collections.abc import Iterator
from itertools import pairwise

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.documents.spans import SLACK
from facegate_addons.inspection.parts import Part, Piece


def glyf(tables: dict[str, bytes], budget: Budget) -> Iterator[Piece]:
    """TrueType outlines: every glyph begins where `loca` says and has a head that makes sense."""
    data, loca = tables["glyf"], tables.get("loca", b"")
    (count,) = struct.unpack_from(">H", tables["maxp"], 4)
    long = tables["head"][50:52] == b"\0\1"
    size = 4 if long else 2
    if len(loca) < size * (count + 1) or len(loca) > size * (count + 1) + SLACK:
        raise Unread(Reason.UNDECODABLE, "font outlines")
    offsets = struct.unpack_from(f">{count + 1}{'I' if long else 'H'}", loca)
    step = 1 if long else 2
    for glyph, (start, end) in enumerate(pairwise(offsets)):
        if glyph % 1_000 == 0:
            budget.tick()
        if start > end or end * step > len(data):
            raise Unread(Reason.UNDECODABLE, "font outlines")
        if start < end:
            _glyph(data[start * step : end * step])
    rest = data[: offsets[0] * step] + data[offsets[-1] * step :]
    if len(rest) > SLACK and rest.strip(b"\0"):
        yield Part(rest, "behind the outlines")


def _glyph(data: bytes) -> None:
    """One glyph's head: contours whose last points ascend, instructions that end inside, points enough."""
    if len(data) < 10:
        if data.strip(b"\0"):
            raise Unread(Reason.UNDECODABLE, "font outlines")
        return
    (contours,) = struct.unpack_from(">h", data)
    if contours <= 0:
        if contours < -1:
            raise Unread(Reason.UNDECODABLE, "font outlines")
        return
    ends = struct.unpack_from(f">{contours}H", data, 10)
    (instructions,) = struct.unpack_from(">H", data, 10 + 2 * contours)
    if any(a > b for a, b in pairwise(ends)) or 12 + 2 * contours + instructions > len(data):
        raise Unread(Reason.UNDECODABLE, "font outlines")
    points = ends[-1] + 1
    # a point takes a flag and two words at most
    if len(data) - 12 - 2 * contours - instructions > 5 * points + SLACK:
        raise Unread(Reason.UNDECODABLE, "font outlines")


def transformed(tables: dict[str, bytes]) -> Iterator[Piece]:
    """TrueType outlines as WOFF 2 sorts them: seven streams, whose lengths follow from each other."""
    data = tables["glyf"]
    _version, flags, glyphs, _format, *sizes = struct.unpack_from(">4H7I", data)
    bitmap = (glyphs + 7) // 8 if flags & 1 else 0
    if 36 + sum(sizes) + bitmap != len(data) or sizes[0] != 2 * glyphs:
        raise Unread(Reason.UNDECODABLE, "font outlines")
    counts = struct.unpack_from(f">{glyphs}h", data, 36)
    contours = sum(count for count in counts if count > 0)
    start = 36 + sizes[0]
    points, used = _points(data[start : start + sizes[1]], contours)
    if used != sizes[1] or points != sizes[2] or sizes[3] > 4 * points + 3 * glyphs + SLACK:
        raise Unread(Reason.UNDECODABLE, "font outlines")
    yield from ()


def _points(stream: bytes, contours: int) -> tuple[int, int]:
    """The sum of so many 255UInt16, and how many bytes they take."""
    total = at = 0
    for _ in range(contours):
        code = stream[at]
        if code == 253:
            total += stream[at + 1] * 256 + stream[at + 2]
            at += 3
        elif code >= 254:
            total += stream[at + 1] + (506 if code == 254 else 253)
            at += 2
        else:
            total += code
            at += 1
    return total, at


def cff(data: bytes, tag: str) -> None:
    """Compact outlines: a header and the indexes that follow it, each whole."""
    major, size = data[0], data[2]
    if major != (1 if tag == "CFF " else 2):
        raise Unread(Reason.UNDECODABLE, "font outlines")
    if major == 2:
        at = size + int.from_bytes(data[3:5], "big")
        _index(data, at, 4)
        return
    at = size
    for _ in range(4):  # names, top dictionaries, strings, subroutines
        at = _index(data, at, 2)


def _index(data: bytes, at: int, width: int) -> int:
    """Where an INDEX that begins at `at` ends."""
    count = int.from_bytes(data[at : at + width], "big")
    if not count:
        return at + width
    size = data[at + width]
    start = at + width + 1
    if not 1 <= size <= 4 or start + (count + 1) * size > len(data):
        raise Unread(Reason.UNDECODABLE, "font outlines")
    raw = data[start : start + (count + 1) * size]
    offsets = [int.from_bytes(raw[i : i + size], "big") for i in range(0, len(raw), size)]
    if offsets[0] != 1 or any(a > b for a, b in pairwise(offsets)):
        raise Unread(Reason.UNDECODABLE, "font outlines")
    end = start + len(raw) + offsets[-1] - 1
    if end > len(data):
        raise Unread(Reason.UNDECODABLE, "font outlines")
    return end
