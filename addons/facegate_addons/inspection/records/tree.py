"""Serialised objects, value by value: no object is built, so nothing grows and no repeated key hides a value.

The libraries make dictionaries of them, in which the last of two equal keys remains, and need sixty bytes for one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from facegate_addons.inspection.budget import Budget
from facegate_addons.inspection.parts import Piece
from facegate_addons.inspection.records.leaves import Leaves

DEEP = 200  # containers within containers; readers stop there or earlier


@dataclass(slots=True)
class _Level:
    left: int | None  # values to come; None: until it is ended
    pairs: bool = False
    numbers: int = 0
    pure: bool = True  # nothing but numbers, and lists of them
    octets: bytearray = field(default_factory=bytearray)


class Tree:
    """ValueError: no such tree."""

    def __init__(self, budget: Budget):
        self._budget = budget
        self._leaves = Leaves(budget)
        self._levels = [_Level(None)]

    def begin(self, values: int | None, *, pairs: bool = False) -> Iterator[Piece]:
        if len(self._levels) > DEEP:
            raise ValueError("too deep")
        self._levels.append(_Level(values, pairs))
        yield from self._ended()

    def end(self) -> Iterator[Piece]:
        """Of a container that did not say how many values it has."""
        if len(self._levels) == 1 or self._levels[-1].left is not None:
            raise ValueError("no end")
        self._levels[-1].left = 0
        yield from self._ended()

    def value(self, data: bytes | str | None) -> Iterator[Piece]:
        """A text, bytes, or what is neither these nor a number."""
        self._budget.tick()
        level = self._levels[-1]
        if not level.pairs:
            level.pure = False
        if data:
            yield from self._leaves.add(data)
        yield from self._counted()

    def number(self, value: float | None = None) -> Iterator[Piece]:
        self._budget.tick()
        level = self._levels[-1]
        level.numbers += 1
        if isinstance(value, int) and 0 <= value < 256:
            level.octets.append(value)
        yield from self._counted()

    def close(self) -> Iterator[Piece]:
        if len(self._levels) != 1:
            raise ValueError("cut off")
        yield from self._numbers(self._levels.pop())
        yield from self._leaves.close()

    def _counted(self) -> Iterator[Piece]:
        level = self._levels[-1]
        if level.left is not None:
            level.left -= 1
        yield from self._ended()

    def _ended(self) -> Iterator[Piece]:
        while self._levels[-1].left == 0:
            level = self._levels.pop()
            yield from self._numbers(level)
            outer = self._levels[-1]
            if level.pure and not level.pairs:
                outer.numbers += level.numbers
                outer.octets += level.octets
            else:
                outer.pure = False
            if outer.left is not None:
                outer.left -= 1

    def _numbers(self, level: _Level) -> Iterator[Piece]:
        if level.pure or level.numbers > 1:
            octets = bytes(level.octets) if len(level.octets) == level.numbers else b""
            yield from self._leaves.numbers(level.numbers, octets)
