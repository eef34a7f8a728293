"""Maps and places: shapefiles, dBASE's tables beside them, MaxMind's databases of addresses."""

import struct
from collections.abc import Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.documents.spans import SLACK
from facegate_addons.inspection.parts import Note, Part, Piece, Source
from facegate_addons.inspection.programs.bulk import LITTLE, bulk


def shapes(source: Source) -> Iterator[Piece]:
    """Outlines in coordinates, and the index of where each begins."""
    yield from bulk(source.data, "shapes", LITTLE)


def dbase(source: Source) -> Iterator[Piece]:
    """A head with the names of the columns, and rows of text."""
    data = source.data
    rows, start, width = struct.unpack_from("<IHH", data, 4)
    end = start + rows * width
    if end > len(data):
        raise Unread(Reason.UNDECODABLE, "dbase")
    head = data[:start]
    yield Part(head, "head") if start > 32 + 32 * 256 else Note(head, "head")
    text = b"\n".join(data[at : at + width] for at in range(start, end, width)) if width else b""
    yield Part(text.replace(b"\0", b" "), "rows")
    rest = data[end:].strip(b"\x1a\0")
    if rest:
        yield Part(rest, "behind the rows") if len(rest) > SLACK else Note(rest, "behind the rows")


def addresses(source: Source) -> Iterator[Piece]:
    """A tree of bits, and what stands at its leaves: names, in texts with their length in front."""
    yield from bulk(source.data, "tree", LITTLE)
