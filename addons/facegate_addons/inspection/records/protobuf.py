"""Protocol buffers without their schema, and the frames in which gRPC sends them.

Without a schema a string of bytes may be a text, a message or neither. A text is looked at as one, what begins like
something known as that, what reads as a message field by field, and everything else somebody has to be able to name.
"""

from collections.abc import Callable, Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection import inside, sniff, unwrap
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.parts import Part, Piece, Source
from facegate_addons.inspection.records.tree import DEEP, Tree
from facegate_addons.inspection.text.charset import as_text

TYPE = "application/x-protobuf"
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_CODINGS = ("gzip", "deflate", "zstd", "br")
_COMPRESSED, _TRAILERS = 1, 0x80


def protobuf(source: Source) -> Iterator[Piece]:
    tree = Tree(source.budget)
    yield from _message(source.data, tree, source.budget, 0)
    yield from tree.close()


def grpc(source: Source) -> Iterator[Piece]:
    """Frames: a flag, four bytes of length, a message. gRPC-Web sends its trailers as one more."""
    data, at = source.data, 0
    while at < len(data):
        source.budget.tick()
        flag, size = data[at], int.from_bytes(data[at + 1 : at + 5])
        message = data[at + 5 : at + 5 + size]
        at += 5 + size
        if at > len(data) or flag & ~(_COMPRESSED | _TRAILERS):
            raise Unread(Reason.UNDECODABLE, "grpc")
        if flag & _COMPRESSED:
            message = _inflated(message, source.budget)
        if message:
            yield Part(message, "message", "text/plain" if flag & _TRAILERS else TYPE)


def _inflated(message: bytes, budget: Budget) -> bytes:
    """The coding stands in the head of the response, which is not here: one of them fits."""
    for coding in _CODINGS:
        try:
            return unwrap.undo(message, [coding], budget)
        except Unread as unread:
            if unread.why is not Reason.CODING_BROKEN:
                raise
    raise Unread(Reason.CODING_UNKNOWN, "grpc")


def _message(data: bytes, tree: Tree, budget: Budget, deep: int) -> Iterator[Piece]:
    yield from tree.begin(None)
    for kind, value in fields(data):
        budget.tick()
        if kind != _BYTES:
            yield from tree.number()
        elif (
            as_text(value, "") is None and not _is_known(value) and deep < DEEP // 2 and is_message(value, budget.tick)
        ):
            yield from _message(value, tree, budget, deep + 1)
        else:
            yield from tree.value(value)
    yield from tree.end()


def _is_known(value: bytes) -> bool:
    return bool(sniff.sniff(value)) or inside.find_picture(value) == 0


def is_message(data: bytes, tick: Callable[[], None]) -> bool:
    try:
        for _ in fields(data):
            tick()
    except ValueError:
        return False
    return True


def fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Wire type and bytes of each field. ValueError: no message."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind, begin = key & 7, at
        if key >> 3 == 0 or key >> 32:
            raise ValueError("no field")
        if kind == _VARINT:
            _, at = _varint(data, at)
        elif kind in (_FIXED32, _FIXED64):
            at += 4 if kind == _FIXED32 else 8
        elif kind == _BYTES:
            size, begin = _varint(data, at)
            at = begin + size
        else:
            raise ValueError("a group, or nothing")
        if at > len(data):
            raise ValueError("cut off")
        yield kind, data[begin:at]


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for index in range(10):
        if at + index >= len(data):
            break
        byte = data[at + index]
        value |= (byte & 0x7F) << 7 * index
        if byte < 0x80:
            return value, at + index + 1
    raise ValueError("no integer")
