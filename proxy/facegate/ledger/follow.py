"""Ledgers read as they grow: what is new since the last look, of each in its order, over rotations and restarts."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from facegate.ledger.chain import parse_line
from facegate.ledger.files import current_of, last_of, names, opened
from facegate.ledger.position import Position, ends_there

BATCH = 512  # lines of one ledger at a time


@dataclass(frozen=True, slots=True)
class Fresh:
    """A line with where it stands. `position` is where to go on after it; None behind damage at the very front."""

    name: str
    path: Path
    line: int
    raw: bytes
    position: Position | None


@dataclass(frozen=True, slots=True)
class _Place:
    """In the file with this number of the file system; it keeps it when it is renamed."""

    inode: int
    offset: int
    line: int


class Follower:
    """`positions`: where it ended the last time; a ledger without one is read from its start."""

    def __init__(self, folder: Path, positions: Mapping[str, Position] | None = None) -> None:
        self._folder = folder
        self._positions = dict(positions or {})
        self._places: dict[str, _Place] = {}

    def more(self, limit: int = BATCH) -> list[Fresh]:
        """At most `limit` lines of each ledger; empty when there is nothing new. Raises OSError."""
        return [fresh for name in names(self._folder) for fresh in self._of_ledger(name, limit)]

    def again(self, positions: Mapping[str, Position]) -> None:
        """Go back to there: what was read since did not arrive."""
        self._positions = dict(positions)
        self._places = {}

    def _of_ledger(self, name: str, limit: int) -> list[Fresh]:
        found: list[Fresh] = []
        with opened(self._folder, name) as (before, current):
            place = self._places.get(name)
            if place is not None and current is not None and _inode(current) == place.inode:
                before = []  # the usual case: on in the same file
            elif place is not None:
                at = next((n for n, path in enumerate(before) if path.stat().st_ino == place.inode), None)
                before, place = (before[at:], place) if at is not None else (before, None)
            if place is None and (position := self._positions.get(name)):
                before = [path for path in before if (last_of(path) or 0) >= position.seq]
            for path in before:
                with path.open("rb") as file:
                    found += self._of_file(name, path, file, limit - len(found))
                if len(found) >= limit:
                    return found
            if current is not None:
                found += self._of_file(name, current_of(self._folder, name), current, limit - len(found))
        return found

    def _of_file(self, name: str, path: Path, file: BinaryIO, limit: int) -> Iterator[Fresh]:
        inode, position = _inode(file), self._positions.get(name)
        place = self._places.get(name)
        if place is not None and place.inode == inode:
            offset, line = place.offset, place.line
        elif place is None and position is not None and ends_there(file, position):
            offset, line = position.offset, position.line
        else:
            offset, line = 0, 0
        file.seek(offset)
        while limit > 0 and (raw := file.readline()).endswith(b"\n"):
            offset, line = offset + len(raw), line + 1
            self._places[name] = _Place(inode, offset, line)
            good = parse_line(raw[:-1])
            if good is not None:
                if position is not None and good.seq <= position.seq:
                    continue  # was read before, and stood elsewhere then
                self._positions[name] = position = Position(good.seq, good.hash, line, offset)
            limit -= 1
            yield Fresh(name, path, line, raw[:-1], position)


def _inode(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_ino
