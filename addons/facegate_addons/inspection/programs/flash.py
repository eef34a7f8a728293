"""Flash: a film of tags. One that is small and has no pictures, letters or sounds is a drawing of a few lines."""

from collections.abc import Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.documents.spans import SLACK
from facegate_addons.inspection.parts import Note, Part, Piece, Source

_SMALL = 4_096  # bytes: a face drawn in lines takes more
# the end, frames, shapes and where they are placed, colours, scripts, scenes and their names, attributes
_PLAIN = frozenset((0, 1, 2, 4, 5, 7, 9, 12, 22, 24, 26, 28, 32, 39, 43, 59, 69, 70, 83, 86))


def flash(source: Source) -> Iterator[Piece]:
    data = source.data
    if data[:3] != b"FWS" or int.from_bytes(data[4:8], "little") != len(data) or len(data) > _SMALL:
        raise Unread(Reason.UNSUPPORTED_TYPE, "flash")
    yield Note(data, "film")
    at = 8 + (5 + 4 * (data[8] >> 3) + 7) // 8 + 4  # the size of the sheet is four numbers of so many bits
    kind = -1
    while at < len(data) and kind:
        word = int.from_bytes(data[at : at + 2], "little")
        kind, size, at = word >> 6, word & 63, at + 2
        if size == 63:
            size, at = int.from_bytes(data[at : at + 4], "little"), at + 4
        if kind not in _PLAIN or at + size > len(data):
            raise Unread(Reason.UNSUPPORTED_TYPE, "flash")
        at += size
    if kind:
        raise Unread(Reason.UNDECODABLE, "flash")
    if data[at:]:
        yield Part(data[at:], "behind the film") if len(data) - at > SLACK else Note(data[at:], "behind the film")
