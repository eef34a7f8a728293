"""TIFF and EXIF: directories that no reader of pages comes to, and bytes that nothing points to."""

import struct
from collections.abc import Iterator

from facegate_addons.inspection.stills.structure import Layout

# bytes of one value of each TIFF type
_SIZES = (0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8)
_DIRECTORIES = 512  # in one file: pages, their reduced copies and masks
_SUB_IFDS, _EXIF, _GPS, _INTEROP = 330, 34665, 34853, 40965
_STRIPS = {273: 279, 324: 325, 513: 514, 288: 289}  # offsets -> sizes
_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _SAMPLES = 256, 257, 258, 259, 277
_UNSIGNED = {3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_NUMBERS = 1 << 20  # read from one file: the strips and tiles of all its pages
_WANTED = frozenset(
    [*_STRIPS, *_STRIPS.values(), _SUB_IFDS, _EXIF, _GPS, _INTEROP, _WIDTH, _HEIGHT, _BITS, _COMPRESSION, _SAMPLES]
)
Values = dict[int, tuple[int, ...]]


class _File:
    def __init__(self, data: bytes):
        self.data = data
        self.order = "<" if data[:2] == b"II" else ">"
        self.big = data[2:4] in (b"+\0", b"\0+")
        self.left = _NUMBERS
        self.used: list[tuple[int, int]] = [(0, 16 if self.big else 8)]

    def number(self, at: int, size: int) -> int:
        return int.from_bytes(self.data[at : at + size], "little" if self.order == "<" else "big")

    @property
    def first(self) -> int:
        return self.number(8, 8) if self.big else self.number(4, 4)

    def starting_at(self, at: int) -> bytes:
        """The same file, opened at another directory."""
        if self.big:
            return self.data[:8] + struct.pack(self.order + "Q", at) + self.data[16:]
        return self.data[:4] + struct.pack(self.order + "I", at) + self.data[8:]

    def directory(self, at: int) -> tuple[Values, int]:
        """The numbers of a directory's fields, and where the next one is."""
        head, entry, width = (8, 20, 8) if self.big else (2, 12, 4)
        count = min(self.number(at, head), (len(self.data) - at) // entry)
        end = at + head + count * entry
        self.used.append((at, end + width))
        values: Values = {}
        for place in range(at + head, end, entry):
            tag, kind, number = self.number(place, 2), self.number(place + 2, 2), self.number(place + 4, width)
            size = (_SIZES[kind] if kind < len(_SIZES) else 0) * number
            begin = place + 4 + width
            if size > width:
                begin = self.number(begin, width)
                self.used.append((begin, begin + size))
            if tag in _WANTED and kind in _UNSIGNED and number <= self.left and begin + size <= len(self.data):
                self.left -= number
                values[tag] = struct.unpack_from(f"{self.order}{number}{_UNSIGNED[kind]}", self.data, begin)
        return values, self.number(end, width)


def tiff(data: bytes, found: Layout) -> Iterator[bytes]:
    """Every directory that the pages lead to. The pages themselves are a reader's to find."""
    file = _File(data)
    todo, seen = [(file.first, True)], set[int]()
    while todo and len(seen) < _DIRECTORIES:
        at, page = todo.pop()
        if not 0 < at < len(data) or at in seen:
            continue
        seen.add(at)
        values, following = file.directory(at)
        if not page and _WIDTH in values:
            found.inner.append(("tiff", file.starting_at(at)))
        todo += [(other, False) for tag in (_SUB_IFDS, _EXIF, _GPS, _INTEROP) for other in values.get(tag, ())]
        todo.append((following, page))
        file.used += _data(values)
    yield data[1:]
    found.private(b"".join(_between(file.used, data)))


def _data(values: Values) -> Iterator[tuple[int, int]]:
    """Where a directory's pixels are; of rows as they are no more than the picture has."""
    room = 1 << 63
    if values.get(_COMPRESSION, (1,)) == (1,) and 273 in values:
        samples = values.get(_SAMPLES, (1,))[0]
        bits = values.get(_BITS, (1,))[0] * samples
        room = (values.get(_WIDTH, (0,))[0] * bits + 7 * samples) // 8 * values.get(_HEIGHT, (0,))[0]
    for offsets, sizes in _STRIPS.items():
        for begin, size in zip(values.get(offsets, ()), values.get(sizes, ()), strict=False):
            yield begin, begin + min(size, room)
            room -= min(size, room)


def _between(used: list[tuple[int, int]], data: bytes) -> Iterator[bytes]:
    at = 0
    for begin, end in sorted(used):
        if begin > at:
            yield data[at:begin]
        at = max(at, end)
    yield data[at:]


def thumbnails(exif: bytes) -> Iterator[tuple[str, bytes]]:
    """Those of EXIF that are not JPEG: the second directory has a picture's fields (EXIF 2.32, 4.5.8)."""
    if exif[:4] not in (b"II*\0", b"MM\0*"):
        return
    file = _File(exif)
    _, second = file.directory(file.first)
    if 0 < second < len(exif):
        values, _ = file.directory(second)
        if _WIDTH in values and values.get(_COMPRESSION, (1,))[0] != 6:  # 6: a JPEG, which is found by its bytes
            yield "tiff", file.starting_at(second)
