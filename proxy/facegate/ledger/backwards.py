"""A ledger's lines from the last one on, or from a given number or time, without reading what lies before or behind."""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from facegate.ledger.files import current_of, opened

_BLOCK = 1 << 18  # bytes read at once
_LONGEST = 1 << 23  # bytes of a line; what is longer is handed on in pieces
_AT = re.compile(rb'[{,]"at":"([0-9T:.+Z-]{19,40})"')
_SEQ = re.compile(rb'"seq":([0-9]{1,19}),"hash":"[0-9a-f]{64}"\}\Z')


@dataclass(frozen=True, slots=True)
class RawLine:
    """Not checked yet. `seq` 0 and `at` "" where they cannot be read. `covers`: how many bytes were looked at for it;
    `passed`: it was not asked for, and tells how far others were passed over."""

    path: Path
    offset: int
    raw: bytes
    covers: int = 0
    passed: bool = False

    @property
    def seq(self) -> int:
        match = _SEQ.search(self.raw, max(0, len(self.raw) - 128))
        return int(match[1]) if match else 0

    @property
    def at(self) -> str:
        match = _AT.search(self.raw)
        return match[1].decode() if match else ""


Later = Callable[[RawLine], bool]
Marks = Sequence[tuple[bytes, ...]]  # of each of them one has to stand in a line


def backwards(folder: Path, name: str, later: Later | None = None, marks: Marks = ()) -> Iterator[RawLine]:
    """Newest first. `later`: tells of a line whether it is behind where to begin; lines are in that order. With `marks`
    the others are passed over, a block at once where none has them."""
    begun = later is None
    with opened(folder, name) as (before, current):
        files: list[tuple[Path, BinaryIO | None]] = [(path, None) for path in before]
        files += [(current_of(folder, name), current)] if current is not None else []
        for path, file in reversed(files):
            with _open(path, file) as handle:
                end = os.fstat(handle).st_size
                if not begun and later is not None:
                    end = _cut(path, handle, end, later)
                    begun = end > 0
                yield from _of_file(path, handle, end, marks)


@contextmanager
def _open(path: Path, file: BinaryIO | None) -> Iterator[int]:
    """The handle of a file; of one that is opened already its own."""
    if file is not None:
        yield file.fileno()
        return
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield handle
    finally:
        os.close(handle)


def before_seq(seq: int) -> Later:
    """Begin with the line before number `seq`."""
    return lambda line: line.seq >= seq


def until(at: str) -> Later:
    """Begin with the last line that is not after `at`, an ISO time in UTC."""
    return lambda line: line.at > at


def _of_file(path: Path, file: int, end: int, marks: Marks) -> Iterator[RawLine]:
    """The lines that end before or at `end`, the last one first."""
    rest = b""
    while end > 0 or rest:
        size = min(_BLOCK, end)
        end -= size
        block = os.pread(file, size, end) + rest
        begin = block.find(b"\n") + 1 if end > 0 else 0
        if end > 0 and not begin and len(block) <= _LONGEST:  # the line begins further in front
            rest = block
            continue
        rest = block[: begin - 1] if begin else b""
        yield from _of_block(path, end + begin, block[begin:], marks)


def _of_block(path: Path, at: int, block: bytes, marks: Marks) -> Iterator[RawLine]:
    """Of whole lines that begin at that offset."""
    covers = 0
    if _has(block, marks):
        offset = at + len(block)
        for raw in reversed(block.split(b"\n")):
            offset -= len(raw)
            covers += len(raw) + 1
            if raw and _has(raw, marks):
                yield RawLine(path, offset, raw, covers)
                covers = 0
            offset -= 1
    else:
        covers = len(block)
    if covers and marks and (first := block.partition(b"\n")[0]):
        yield RawLine(path, at, first, covers, passed=True)


def _has(data: bytes, marks: Marks) -> bool:
    return all(any(mark in data for mark in either) for either in marks)


def _cut(path: Path, file: int, size: int, later: Later) -> int:
    """Where the first line begins that is later; `size` when none is."""
    low, high = 0, size
    while high - low > _BLOCK:
        middle = (low + high) // 2
        line = next((each for each in _from(path, file, middle, high) if each.seq and each.at), None)
        if line is None or later(line):
            high = middle
        else:
            low = line.offset + len(line.raw) + 1
    for line in _from(path, file, low, size):
        if line.seq and later(line):
            return line.offset
    return size


def _from(path: Path, file: int, begin: int, end: int) -> Iterator[RawLine]:
    """The lines that begin from `begin` on, and before `end`."""
    offset, rest = begin, b""
    skip = begin > 0 and os.pread(file, 1, begin - 1) != b"\n"  # in the midst of a line
    at = begin
    while block := os.pread(file, _BLOCK, at):
        at += len(block)
        *lines, rest = (rest + block).split(b"\n")
        for raw in lines:
            if offset >= end:
                return
            if not skip and raw:
                yield RawLine(path, offset, raw)
            skip = False
            offset += len(raw) + 1
        if len(rest) > _LONGEST:
            return
    if rest and not skip and offset < end:
        yield RawLine(path, offset, rest)
