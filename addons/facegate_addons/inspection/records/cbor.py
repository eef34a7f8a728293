"""CBOR and sequences of it (RFC 8949, RFC 8742): every string, whatever tag it has."""

from collections.abc import Iterator

from facegate_addons.inspection.parts import Piece, Source
from facegate_addons.inspection.records.tree import Tree

_POSITIVE, _NEGATIVE, _BYTES, _TEXT, _LIST, _MAP, _TAG, _SIMPLE = range(8)
_BREAK = 0xFF
_FLOATS = (25, 26, 27)


class _Reader:
    def __init__(self, data: bytes):
        self.data, self.at = data, 0

    def take(self, size: int) -> bytes:
        if self.at + size > len(self.data):
            raise ValueError("cut off")
        self.at += size
        return self.data[self.at - size : self.at]

    def argument(self, low: int) -> int | None:
        """None: of a length that is not said."""
        if low < 24:
            return low
        if low < 28:
            return int.from_bytes(self.take(1 << (low - 24)))
        if low == 31:
            return None
        raise ValueError("reserved")

    def chunks(self, kind: int) -> bytes:
        """A string in pieces, each with its length, to a break."""
        whole = bytearray()
        while (head := self.take(1)[0]) != _BREAK:
            size = self.argument(head & 31) if head >> 5 == kind else None
            if size is None:
                raise ValueError("no piece of a string")
            whole += self.take(size)
        return bytes(whole)


def cbor(source: Source) -> Iterator[Piece]:
    reader = _Reader(source.data)
    tree = Tree(source.budget)
    while reader.at < len(source.data):
        head = reader.take(1)[0]
        kind, low = head >> 5, head & 31
        if head == _BREAK:
            yield from tree.end()
            continue
        argument = reader.argument(low)
        if argument is None and kind not in (_BYTES, _TEXT, _LIST, _MAP):
            raise ValueError("no length")
        if kind in (_POSITIVE, _NEGATIVE):
            yield from tree.number(argument if kind == _POSITIVE else -1)
        elif kind in (_BYTES, _TEXT):
            yield from tree.value(reader.chunks(kind) if argument is None else reader.take(argument))
        elif kind in (_LIST, _MAP):
            each = 2 if kind == _MAP else 1
            yield from tree.begin(None if argument is None else argument * each, pairs=kind == _MAP)
        elif kind == _SIMPLE:
            yield from tree.number() if low in _FLOATS else tree.value(None)
    yield from tree.close()
