"""MessagePack: one value after another (https://github.com/msgpack/msgpack/blob/master/spec.md)."""

import struct
from collections.abc import Iterator

from facegate_addons.inspection.parts import Piece, Source
from facegate_addons.inspection.records.tree import Tree

# first byte -> layout of a number
_NUMBERS = {
    0xCA: ">f", 0xCB: ">d",
    0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q", 0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q",
}  # fmt: skip
# first byte -> bytes of the length that follows, and bytes before the data that it does not count
_BYTES = {
    0xC4: (1, 0), 0xC5: (2, 0), 0xC6: (4, 0), 0xC7: (1, 1), 0xC8: (2, 1), 0xC9: (4, 1),
    0xD9: (1, 0), 0xDA: (2, 0), 0xDB: (4, 0),
}  # fmt: skip
_LISTS = {0xDC: (2, 1), 0xDD: (4, 1), 0xDE: (2, 2), 0xDF: (4, 2)}


def messagepack(source: Source) -> Iterator[Piece]:
    data, at = source.data, 0
    tree = Tree(source.budget)

    def take(size: int) -> bytes:
        nonlocal at
        if at + size > len(data):
            raise ValueError("cut off")
        at += size
        return data[at - size : at]

    while at < len(data):
        head = take(1)[0]
        if head < 0x80 or head >= 0xE0:
            yield from tree.number(head if head < 0x80 else head - 256)
        elif head < 0xA0:
            each = 2 if head < 0x90 else 1
            yield from tree.begin((head & 15) * each, pairs=each == 2)
        elif head < 0xC0:
            yield from tree.value(take(head & 31))
        elif head in _NUMBERS:
            layout = _NUMBERS[head]
            yield from tree.number(struct.unpack(layout, take(struct.calcsize(layout)))[0])
        elif head in _LISTS:
            size, each = _LISTS[head]
            yield from tree.begin(int.from_bytes(take(size)) * each, pairs=each == 2)
        elif head in _BYTES:
            size, before = _BYTES[head]
            length = int.from_bytes(take(size))
            take(before)
            yield from tree.value(take(length))
        elif 0xD4 <= head <= 0xD8:
            take(1)
            yield from tree.value(take(1 << (head - 0xD4)))
        elif head == 0xC1:
            raise ValueError("never used")
        else:  # nothing, false, true
            yield from tree.value(None)
    yield from tree.close()
