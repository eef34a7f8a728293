"""Tables of FlatBuffers, as far as Arrow's messages need them (https://flatbuffers.dev/internals/)."""

import struct


class Table:
    """Fields by their number in the schema. struct.error: they stand outside the bytes."""

    def __init__(self, data: bytes, at: int):
        self._data, self._at = data, at
        self._vtable = at - self._int("<i", at)
        if self._vtable < 0:
            raise struct.error("no table")

    @classmethod
    def root(cls, data: bytes) -> "Table":
        return cls(data, struct.unpack_from("<I", data)[0])

    def byte(self, field: int) -> int:
        return self._number(field, "<B")

    def long(self, field: int) -> int:
        return self._number(field, "<q")

    def table(self, field: int) -> "Table | None":
        place = self._place(field)
        return Table(self._data, place + self._int("<I", place)) if place else None

    def structs(self, field: int, layout: str) -> list[tuple[int, ...]]:
        """A vector of structures of numbers."""
        place = self._place(field)
        if not place:
            return []
        begin = place + self._int("<I", place)
        count, size = self._int("<I", begin), struct.calcsize(layout)
        if begin + 4 + count * size > len(self._data):
            raise struct.error("a vector longer than all there is")
        return [struct.unpack_from(layout, self._data, begin + 4 + number * size) for number in range(count)]

    def _place(self, field: int) -> int:
        slot = 4 + 2 * field
        offset = self._int("<H", self._vtable + slot) if slot < self._int("<H", self._vtable) else 0
        return self._at + offset if offset else 0

    def _number(self, field: int, layout: str) -> int:
        place = self._place(field)
        return self._int(layout, place) if place else 0

    def _int(self, layout: str, at: int) -> int:
        value: int = struct.unpack_from(layout, self._data, at)[0]
        return value
