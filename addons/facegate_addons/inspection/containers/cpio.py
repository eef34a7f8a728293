"""cpio archives with headers of text ("newc" and "odc"), as in packages and in the images that Linux boots from."""

from collections.abc import Iterator

from facegate_addons.inspection.containers.magics import CPIO_NEWC, CPIO_ODC
from facegate_addons.inspection.containers.slack import Slack
from facegate_addons.inspection.parts import Part, Piece, Source

_END = b"TRAILER!!!"


def cpios(source: Source) -> Iterator[Piece]:
    data, at, number, beside = source.data, 0, 0, Slack()
    name = b""
    while name != _END:
        source.budget.tick()
        begin, named, size, align = _head(data, at)
        end = begin + named
        name = data[begin:end].rstrip(b"\0")
        beside.note(data[begin:end])
        end += -end % align
        body = data[end : end + size]
        if len(body) < size or (size and name == _END):
            raise EOFError
        at = end + size
        padding = -at % align
        beside.note(data[at : at + padding].strip(b"\0"))
        at += padding
        number += 1
        if body:
            yield Part(body, f"member {number}")
    yield from beside.add(data[at:], "after the archive")
    yield from beside.notes()


def _head(data: bytes, at: int) -> tuple[int, int, int, int]:
    """Where the name begins, its length, that of the data, and what both are padded to a multiple of."""
    if CPIO_NEWC.match(data, at):
        return at + 110, int(data[at + 94 : at + 102], 16), int(data[at + 54 : at + 62], 16), 4
    if CPIO_ODC.match(data, at):
        return at + 76, int(data[at + 59 : at + 65], 8), int(data[at + 65 : at + 76], 8), 1
    raise ValueError
