"""What the ledgers say: all of their lines in the order of time, over all their files, in little memory."""

import heapq
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from facegate.errors import StateError
from facegate.ledger.chain import parse_line
from facegate.ledger.files import current_of, names, opened

_TELL = 1000  # lines between two words about how far it is


def entries(folder: Path, read: Callable[[int], object] = lambda _bytes: None) -> Iterator[dict[str, Any]]:
    """Every line of every file, oldest first, with the name of its ledger. A damaged line is passed on as such."""
    return heapq.merge(*(_of_ledger(folder, name, read) for name in names(folder)), key=when)


def tail(folder: Path, count: int) -> list[dict[str, Any]]:
    """The last `count` lines over all files, oldest first."""
    last: list[dict[str, Any]] = []
    for name in names(folder):
        with opened(folder, name) as (before, current):
            end = deque(enumerate(current, 1), maxlen=count) if current else deque[tuple[int, bytes]]()
        path = current_of(folder, name)
        found = [as_entry(path, number, raw.rstrip(b"\n")) for number, raw in end]
        while len(found) < count and before:
            path = before.pop()
            with path.open("rb") as file:
                end = deque(enumerate(file, 1), maxlen=count - len(found))
            found = [as_entry(path, number, raw.rstrip(b"\n")) for number, raw in end] + found
        last += found
    return sorted(last, key=when)[-count:]


def as_entry(path: Path, number: int, raw: bytes) -> dict[str, Any]:
    """Line `number` of the file, with where it stands."""
    ledger = path.name.partition(".")[0]
    line = parse_line(raw)
    if line is None:
        return {"ledger": ledger, "ledger_file": path.name, "line": number, "damaged": True}
    return {
        "ledger": ledger,
        "ledger_file": path.name,
        "line": number,
        **line.entry,
        "seq": line.seq,
        "hash": line.hash,
    }


def when(entry: dict[str, Any]) -> str:
    return str(entry.get("at", ""))


def _of_ledger(folder: Path, name: str, read: Callable[[int], object]) -> Iterator[dict[str, Any]]:
    try:
        with opened(folder, name) as (before, current):
            for path in before:
                with path.open("rb") as file:
                    yield from _of_file(path, file, read)
            if current:
                yield from _of_file(current_of(folder, name), current, read)
    except OSError as error:
        raise StateError(f"{error.filename}: cannot be read ({error.strerror})") from None


def _of_file(path: Path, file: Any, read: Callable[[int], object]) -> Iterator[dict[str, Any]]:
    done = 0
    for number, raw in enumerate(file, 1):
        done += len(raw)
        if number % _TELL == 0:
            read(done)
            done = 0
        yield as_entry(path, number, raw.rstrip(b"\n"))
    read(done)
