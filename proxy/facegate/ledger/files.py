"""Which files a ledger is made of: closed ones, `NAME.<number of its last line>.jsonl`, and `NAME.jsonl`, the last.

Sorted by name, the lines are in their order. The chain goes on from one file to the next.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_FILE = re.compile(r"([a-z0-9][a-z0-9-]{0,63})(?:\.([0-9]{12,20}))?\.(?:jsonl|head)")


def current_of(folder: Path, name: str) -> Path:
    return folder / f"{name}.jsonl"


def closed_as(folder: Path, name: str, last: int) -> Path:
    """The name of a file whose last line is number `last`."""
    return folder / f"{name}.{last:012}.jsonl"


def name_of(path: Path) -> str:
    """Of which ledger the file is a part."""
    return path.name.partition(".")[0]


def last_of(path: Path) -> int | None:
    """The number of the last line, by the name of a closed file; None: it is not closed."""
    match = _FILE.fullmatch(path.name)
    return int(match[2]) if match and match[2] else None


def names(folder: Path) -> list[str]:
    """Of all ledgers that there is a file of, or a head."""
    found = (_FILE.fullmatch(path.name) for path in folder.iterdir()) if folder.is_dir() else ()
    return sorted({match[1] for match in found if match})


def closed(folder: Path, name: str) -> list[Path]:
    found = ((last_of(path), path) for path in folder.glob(f"{name}.*.jsonl") if name_of(path) == name)
    return [path for _, path in sorted((last, path) for last, path in found if last is not None)]


def all_files(folder: Path) -> list[Path]:
    """Of every ledger, in the order of their lines."""
    found = []
    for name in names(folder):
        with opened(folder, name) as (before, current):
            found += before + ([current_of(folder, name)] if current else [])
    return found


@contextmanager
def opened(folder: Path, name: str) -> Iterator[tuple[list[Path], BinaryIO | None]]:
    """The closed files, and the current one opened, that fit each other, though their writer rotates them meanwhile."""
    while True:
        before = closed(folder, name)
        file: BinaryIO | None = None
        with suppress(FileNotFoundError):
            file = current_of(folder, name).open("rb")
        try:
            if closed(folder, name) != before:
                continue
            if before and file and _is_the_same(before[-1], file):  # in the middle of a rotation, or of a crash in it
                before.pop()
            yield before, file
            return
        finally:
            if file:
                file.close()


def _is_the_same(path: Path, file: BinaryIO) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False
