"""A place in a ledger: the line that was read last, and where its file goes on after it."""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from facegate.ledger.chain import LINE_MAX, Link, parse_line
from facegate.ledger.files import closed, last_of


@dataclass(frozen=True, slots=True)
class Position:
    """Line `seq`, which has this hash, is line `line` of its file and ends there at byte `offset`."""

    seq: int
    hash: str
    line: int
    offset: int

    @property
    def link(self) -> Link:
        return Link(self.seq, self.hash)


def ends_there(file: BinaryIO, position: Position) -> bool:
    """Does that line end there? Bounded, whatever the file holds."""
    begin = max(0, position.offset - LINE_MAX - 256)
    file.seek(begin)
    raw = file.read(position.offset - begin)
    if not raw.endswith(b"\n"):
        return False
    line = parse_line(raw[raw.rfind(b"\n", 0, -1) + 1 : -1])
    return line is not None and line.link == position.link


def before_it(folder: Path, name: str, position: Position) -> list[Path]:
    """The closed files that lie wholly before it."""
    return [path for path in closed(folder, name) if (last_of(path) or 0) < position.seq]
