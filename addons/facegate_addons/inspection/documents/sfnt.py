"""TrueType and OpenType files and collections: a directory of tables, and whatever stands between them."""

import struct
from collections.abc import Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.documents.spans import gaps
from facegate_addons.inspection.documents.tables import font
from facegate_addons.inspection.parts import Piece, Source

FONTS = 64  # in one collection; Noto CJK has 45
TABLES = 128  # in one font


def sfnt(source: Source) -> Iterator[Piece]:
    data = source.data
    starts, spans = [0], []
    if data[:4] == b"ttcf":
        major, count = struct.unpack_from(">H2xI", data, 4)
        if not 0 < count <= FONTS:
            raise Unread(Reason.UNDECODABLE, source.kind)
        starts = list(struct.unpack_from(f">{count}I", data, 12))
        spans.append((0, 12 + 4 * count + (12 if major == 2 else 0)))
        if major == 2 and data[12 + 4 * count : 16 + 4 * count] == b"DSIG":
            size, at = struct.unpack_from(">II", data, 16 + 4 * count)
            spans.append((at, at + size))
    known: set[tuple[str, int, int]] = set()
    fonts = []
    for start in dict.fromkeys(starts):
        source.budget.tick()
        places = _directory(data, start)
        spans.append((start, start + 12 + 16 * len(places)))
        spans += [(at, at + size) for at, size in places.values()]
        fonts.append(places)
    yield from gaps(data, spans, source.kind)
    for places in fonts:
        tables = {tag: data[at : at + size] for tag, (at, size) in places.items()}
        fresh = {tag for tag, place in places.items() if (tag, *place) not in known}
        known |= {(tag, *place) for tag, place in places.items()}
        yield from font(tables, fresh, source.budget)


def _directory(data: bytes, start: int) -> dict[str, tuple[int, int]]:
    """Tag -> offset and length. A tag that comes twice is refused: readers differ in which they take."""
    (count,) = struct.unpack_from(">H", data, start + 4)
    if not 0 < count <= TABLES:
        raise Unread(Reason.UNDECODABLE, "font")
    places: dict[str, tuple[int, int]] = {}
    for row in range(count):
        tag, _checksum, at, size = struct.unpack_from(">4sIII", data, start + 12 + 16 * row)
        places[tag.decode("latin-1")] = at, size
    if len(places) != count:
        raise Unread(Reason.UNDECODABLE, "font")
    return places
