"""Apple's binary property lists: objects one behind the other, a table of where they begin, and a trailer."""

from collections.abc import Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.documents.spans import gaps
from facegate_addons.inspection.parts import Note, Part, Piece, Source

_DATA, _ASCII, _UTF16, _UTF8 = 4, 5, 6, 7
_FIXED = {0: 0, 1: None, 2: None, 3: 8, 8: None}  # nothing, integers, numbers, dates, identifiers
_LISTS = {10: 1, 12: 1, 13: 2}  # arrays, sets, and dictionaries of keys and values


def plist(source: Source) -> Iterator[Piece]:
    data = source.data
    wide, step, count, table = _trailer(data)
    if table + count * wide != len(data) - 32 and data.endswith(b"\n"):  # an editor put it there
        data = data[:-1]
        wide, step, count, table = _trailer(data)
    if not 0 < wide <= 8 or not 0 < step <= 8 or table + count * wide > len(data) - 32:
        raise Unread(Reason.UNDECODABLE, "plist")
    spans = [(0, 8), (table, table + count * wide), (len(data) - 32, len(data))]
    texts = []
    for row in range(count):
        source.budget.tick()
        at = int.from_bytes(data[table + row * wide : table + (row + 1) * wide])
        kind, start, size = _object(data, at)
        end = (
            start + size * _LISTS.get(kind, 0) * step if kind in _LISTS else start + size * (2 if kind == _UTF16 else 1)
        )
        spans.append((at, end))
        if kind == _DATA:
            yield Part(data[start:end], "data")
        elif kind == _UTF16:
            texts.append(data[start:end].decode("utf-16-be", "replace").encode())
        elif kind in (_ASCII, _UTF8):
            texts.append(data[start:end])
    yield from gaps(data, spans, "plist")
    yield Note(data, "list")
    yield Part(b"\n".join(texts), "texts")


def _trailer(data: bytes) -> tuple[int, int, int, int]:
    """Bytes of an offset and of a reference, how many objects there are, and where the table of their offsets is."""
    return data[-26], data[-25], int.from_bytes(data[-24:-16]), int.from_bytes(data[-8:])


def _object(data: bytes, at: int) -> tuple[int, int, int]:
    """Its kind, where its content begins, and how much there is."""
    kind, size, start = data[at] >> 4, data[at] & 15, at + 1
    if kind in _FIXED:
        fixed = _FIXED[kind]
        return kind, start, (size + 1 if kind == 8 else 1 << size) if fixed is None else fixed
    if kind not in (_DATA, _ASCII, _UTF16, _UTF8, *_LISTS):
        raise Unread(Reason.UNDECODABLE, "plist")
    if size == 15:
        length = 1 << (data[start] & 15)
        if data[start] >> 4 != 1 or length > 8:
            raise Unread(Reason.UNDECODABLE, "plist")
        size, start = int.from_bytes(data[start + 1 : start + 1 + length]), start + 1 + length
    return kind, start, size
