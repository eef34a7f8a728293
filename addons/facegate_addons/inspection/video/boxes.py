"""The boxes of ISO base media files (MP4, MOV, 3GP): where each begins and ends. Pure, and exact: it does not guess."""

from collections.abc import Iterator
from dataclasses import dataclass

_CONTAINERS = frozenset((b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"mvex", b"moof", b"traf", b"udta"))
_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Box:
    name: bytes
    start: int
    body: int  # where its content begins
    end: int
    whole: bool = True  # False: it says that it goes on behind the end

    def of(self, data: bytes) -> bytes:
        return data[self.body : self.end]


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """One after another, until the end or a size that is none; the caller sees how far it got."""
    at, end = start, len(data) if end is None else end
    while at + 8 <= end:
        size, name, body = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], at + 8
        if size == 1:
            size, body = int.from_bytes(data[at + 8 : at + 16], "big"), at + 16
        elif size == 0:
            size = end - at
        if size < body - at or body > end:
            return
        yield Box(name, at, body, min(at + size, end), whole=at + size <= end)
        at = min(at + size, end)


def descend(data: bytes, box: Box, depth: int = 0) -> Iterator[Box]:
    """The box, and every one inside it."""
    yield box
    if box.name in _CONTAINERS and depth < _DEPTH:
        for inner in boxes(data, box.body, box.end):
            yield from descend(data, inner, depth + 1)
