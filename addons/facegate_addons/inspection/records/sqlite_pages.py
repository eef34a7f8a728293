"""What a SQLite file carries beside its values: free pages, gaps in pages, ends of overflow chains, reserved bytes.

The file was found sound before: this reads it as it says it is, and leaves out what does not fit
(https://www.sqlite.org/fileformat2.html).
"""

from collections.abc import Iterator

from facegate_addons.inspection.budget import Budget

_TABLE_LEAF, _TABLE, _INDEX_LEAF, _INDEX = 13, 5, 10, 2


def page_size(data: bytes) -> int | None:
    size = int.from_bytes(data[16:18], "big")
    size = 65_536 if size == 1 else size
    return size if size >= 512 and size & (size - 1) == 0 and len(data) >= 100 else None


def slack(data: bytes, roots: list[int], budget: Budget) -> Iterator[bytes]:
    """Bytes that no value uses, where there are any but zeros."""
    size = page_size(data)
    if size is None:
        return
    file = _File(data, size, budget)
    gaps = bytearray()
    todo, seen = list(roots), set()
    while todo:
        number = todo.pop()
        if number in seen or not 0 < number <= len(data) // size:
            continue
        seen.add(number)
        budget.tick()
        children, unused = file.tree_page(number)
        todo += children
        gaps += unused
    for number in file.free_pages():
        gaps += data[(number - 1) * size : number * size]
    if data[20]:
        gaps += b"".join(data[end - data[20] : end] for end in range(size, len(data) + 1, size))
    if gaps.strip(b"\0"):
        yield bytes(gaps)


class _File:
    def __init__(self, data: bytes, size: int, budget: Budget):
        self._data, self._size, self._budget = data, size, budget
        self._usable = size - data[20]

    def _int(self, at: int, length: int) -> int:
        return int.from_bytes(self._data[at : at + length], "big")

    def tree_page(self, number: int) -> tuple[list[int], bytes]:
        """The pages below it, and what is unused in it and in the overflow pages of its cells."""
        base = (number - 1) * self._size
        head = base + (100 if number == 1 else 0)
        kind = self._data[head]
        if kind not in (_TABLE, _INDEX, _TABLE_LEAF, _INDEX_LEAF):
            return [], b""
        inner = kind in (_TABLE, _INDEX)
        first = head + (12 if inner else 8)
        cells = self._int(head + 3, 2)
        content = self._int(head + 5, 2) or 65_536
        unused = bytearray(self._data[first + 2 * cells : base + content])
        block = self._int(head + 1, 2)
        while block:  # ascending, or the file were not sound
            unused += self._data[base + block + 4 : base + block + self._int(base + block + 2, 2)]
            following = self._int(base + block, 2)
            block = following if following > block else 0
        children = [self._int(head + 8, 4)] if inner else []
        for index in range(min(cells, self._size // 2)):
            at = base + self._int(first + 2 * index, 2)
            if inner:
                children.append(self._int(at, 4))
                at += 4
            if kind != _TABLE:
                unused += self._overflow(at, kind)
        return children, bytes(unused)

    def _overflow(self, at: int, kind: int) -> bytes:
        """What follows the payload's end in the last page of its chain."""
        payload, at = self._varint(at)
        if kind == _TABLE_LEAF:
            _, at = self._varint(at)
        usable = self._usable
        most = usable - 35 if kind == _TABLE_LEAF else (usable - 12) * 64 // 255 - 23
        if payload <= most:
            return b""
        least = (usable - 12) * 32 // 255 - 23
        local = least + (payload - least) % (usable - 4)
        local = local if local <= most else least
        left = payload - local
        page = self._int(at + local, 4)
        while page and left > usable - 4:
            self._budget.tick()
            left -= usable - 4
            page = self._int((page - 1) * self._size, 4)
        begin = (page - 1) * self._size
        return self._data[begin + 4 + left : begin + usable] if page else b""

    def _varint(self, at: int) -> tuple[int, int]:
        value = 0
        for index in range(9):
            byte = self._data[at + index]
            if index == 8:
                return value << 8 | byte, at + 9
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value, at + index + 1
        raise AssertionError("unreachable")

    def free_pages(self) -> Iterator[int]:
        trunk, seen = self._int(32, 4), set[int]()
        while trunk and trunk not in seen and trunk <= len(self._data) // self._size:
            self._budget.tick()
            seen.add(trunk)
            yield trunk
            base = (trunk - 1) * self._size
            for index in range(min(self._int(base + 4, 4), self._size // 4 - 2)):
                yield self._int(base + 8 + 4 * index, 4)
            trunk = self._int(base, 4)
