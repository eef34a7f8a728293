"""What of a file no packet accounts for: headers, indexes, and whatever somebody put between."""

from collections.abc import Iterable, Iterator

from facegate_addons.inspection.parts import Note, Part

SLACK = 64  # bytes around a packet: chunk and block headers, which no picture fits into
# bytes in one piece that are no packet and have no name: what players make of them differs from player to player
UNNAMED = 1 << 10
_PADDING = b"\0\xff \r\n\t"


def gaps(data: bytes, taken: Iterable[tuple[int, int]], named: Iterable[tuple[int, int]] = ()) -> Iterator[Note | Part]:
    """What is left of `data` without what is `taken` (start, end), and what is `named`: headers and indexes."""
    named = list(named)
    yield from (Note(data[start:end], "header") for start, end in named if end - start > SLACK)
    at = 0
    for start, end in [*sorted([*taken, *named]), (len(data), len(data))]:
        if start - at > SLACK:
            yield from left_over(data[at:start])
        at = max(at, end)


def left_over(data: bytes) -> Iterator[Note | Part]:
    size = len(data.strip(_PADDING))
    if size > UNNAMED:
        yield Part(data.lstrip(b"\0"), "between the packets")
    elif size > SLACK:
        yield Note(data, "between the packets")
