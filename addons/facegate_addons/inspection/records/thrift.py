"""Thrift's compact protocol, as Parquet writes its own structures: where one ends, and the bytes that it holds.

https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from collections.abc import Callable

_DEEP = 32  # structures within structures; Parquet's have six levels
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 11, 12
_VARINTS = (4, 5, 6)


class Reader:
    """Reads structures one after another. ValueError: these bytes are none."""

    def __init__(self, data: bytes, at: int = 0, tick: Callable[[], None] = lambda: None):
        self.data, self.at = data, at
        self._tick = tick
        self.binaries: list[bytes] = []

    def struct(self, deep: int = 0) -> dict[int, int]:
        """The integers among its own fields, by field number."""
        if deep > _DEEP:
            raise ValueError("too deep")
        found: dict[int, int] = {}
        field = 0
        while head := self._byte():
            delta, kind = head >> 4, head & 15
            field = field + delta if delta else self._zigzag()
            if kind in _VARINTS:
                found[field] = self._zigzag()
            elif kind not in (_TRUE, _FALSE):  # a field's type is its value then
                self._skip(kind, deep)
        return found

    def _skip(self, kind: int, deep: int) -> None:
        self._tick()
        if kind in (_TRUE, _FALSE, _BYTE):
            self._byte()
        elif kind in _VARINTS:
            self._varint()
        elif kind == _DOUBLE:
            self._bytes(8)
        elif kind == _BINARY:
            self.binaries.append(self._bytes(self._varint()))
        elif kind in (_LIST, _SET):
            head = self._byte()
            size = head >> 4 if head >> 4 != 15 else self._varint()
            self._many(size, (head & 15,), deep)
        elif kind == _MAP:
            if size := self._varint():
                head = self._byte()
                self._many(size, (head >> 4, head & 15), deep)
        elif kind == _STRUCT:
            self.struct(deep + 1)
        else:
            raise ValueError("no such type")

    def _many(self, size: int, kinds: tuple[int, ...], deep: int) -> None:
        if size > len(self.data) - self.at or deep > _DEEP:  # every element has a byte at least
            raise ValueError("more than there is")
        for _ in range(size):
            for kind in kinds:
                self._skip(kind, deep + 1)

    def _byte(self) -> int:
        return self._bytes(1)[0]

    def _bytes(self, size: int) -> bytes:
        found = self.data[self.at : self.at + size]
        if len(found) < size:
            raise ValueError("cut off")
        self.at += size
        return found

    def _varint(self) -> int:
        value = 0
        for shift in range(0, 70, 7):
            byte = self._byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise ValueError("no integer")

    def _zigzag(self) -> int:
        value = self._varint()
        return value >> 1 ^ -(value & 1)
