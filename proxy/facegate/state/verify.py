"""Is the ledger what was written? Walks each file's chain and names the first line that is not."""

import fcntl
import hashlib
import heapq
import itertools
import mmap
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from facegate.errors import StateError
from facegate.state.chain import Line, Link, genesis, parse_line
from facegate.state.ledgerfile import read_head

_CLOSERS = ("ledger-torn", "ledger-damaged", "ledger-lost")


@dataclass(frozen=True, slots=True)
class FileReport:
    """`bad_line` counts from 1, as an editor does; None when the file is whole. `notes` are no damage."""

    file: str
    lines: int
    bad_line: int | None = None
    problem: str = ""
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return self.bad_line is None

    def as_json(self) -> dict[str, Any]:
        return {"ok": self.ok, **asdict(self), "notes": list(self.notes)}


def verify(folder: Path) -> list[FileReport]:
    """One report a file, by name. A file that only its head remembers is reported too."""
    names = sorted({path.stem for path in (*folder.glob("*.jsonl"), *folder.glob("*.head"))})
    try:
        return [_verify_file(folder / f"{name}.jsonl") for name in names]
    except OSError as error:
        raise StateError(f"{error.filename}: cannot be read ({error.strerror})") from None


def entries(folder: Path) -> Iterator[dict[str, Any]]:
    """Every line of every file, oldest first, with the name of its file. A damaged line is passed on as such."""

    def of_file(path: Path) -> Iterator[dict[str, Any]]:
        with path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                yield _entry(path.stem, number, raw.rstrip(b"\n"))

    return heapq.merge(*(of_file(path) for path in sorted(folder.glob("*.jsonl"))), key=_when)


def tail(folder: Path, count: int) -> list[dict[str, Any]]:
    """The last `count` lines over all files, oldest first."""
    last: list[dict[str, Any]] = []
    for path in sorted(folder.glob("*.jsonl")):
        with path.open("rb") as file:
            end = deque(enumerate(file, 1), maxlen=count)
        last += [_entry(path.stem, number, raw.rstrip(b"\n")) for number, raw in end]
    return sorted(last, key=_when)[-count:]


def _entry(ledger: str, number: int, raw: bytes) -> dict[str, Any]:
    line = parse_line(raw)
    if line is None:
        return {"ledger": ledger, "line": number, "damaged": True}
    return {"ledger": ledger, "line": number, **line.entry, "seq": line.seq, "hash": line.hash}


def _when(entry: dict[str, Any]) -> str:
    return str(entry.get("at", ""))


def _verify_file(path: Path) -> FileReport:
    head = read_head(path)  # before the file: a running writer only adds
    if not path.exists():
        return FileReport(path.name, 0, 1, f"the file is missing; it had {head.seq if head else 'some'} lines")
    with path.open("rb") as file:
        if path.stat().st_size == 0:
            data: bytes | mmap.mmap = b""
        else:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        try:
            return _verify_bytes(path, data, head, _is_written(file.fileno()))
        finally:
            if isinstance(data, mmap.mmap):
                data.close()


def _verify_bytes(path: Path, data: bytes | mmap.mmap, head: Link | None, being_written: bool) -> FileReport:
    link = genesis(path.stem)
    offset, number = 0, 0
    notes: list[str] = []
    head_fits = head is None or head.seq == 0
    while offset < len(data):
        number += 1
        stop = data.find(b"\n", offset)
        if stop < 0 and being_written:
            break  # the writer is at it
        line = parse_line(data[offset : stop if stop >= 0 else len(data)])
        if line is None or not _follows(line, link):
            closer = _find_closer(data, offset, link)
            if closer is None:
                return FileReport(path.name, number, number, _what(line, link, stop), tuple(notes))
            count, offset, line, stop = closer
            notes.append(f"line {number}: was cut off by a crash, and closed off at the next start")
            number += count
        link = line.link
        if line.entry.get("event") in _CLOSERS[1:]:
            return FileReport(path.name, number, number, _describe(line), tuple(notes))
        if line.entry.get("event") == "ledger-dropped":
            notes.append(f"line {number}: {line.entry.get('lines')} lines were lost while the disk was away")
        if head is not None and head == link:
            head_fits = True
        offset = stop + 1 if stop >= 0 else len(data)
    if head is not None and head.seq > link.seq:
        problem = f"the last {head.seq - link.seq} lines are missing: {link.seq} of {head.seq} are here"
        return FileReport(path.name, number, number + 1, problem, tuple(notes))
    if not head_fits and head is not None:
        return FileReport(path.name, number, head.seq, "is not the line that was written", tuple(notes))
    return FileReport(path.name, number, notes=tuple(notes))


def _follows(line: Line, link: Link) -> bool:
    return line.prev == link.hash and line.seq == link.seq + 1


def _what(line: Line | None, link: Link, stop: int) -> str:
    if line is None:
        return "was altered or damaged" if stop >= 0 else "is cut off"
    missing = line.seq - link.seq - 1
    return "does not follow the line before it" + (f"; {missing} missing" if missing > 0 else "")


def _describe(line: Line) -> str:
    if line.entry["event"] == "ledger-lost":
        return f"lines up to {line.entry.get('lost_to')} were lost before this start"
    return "lines before this one were altered or damaged, as was found at this start"


def _find_closer(data: bytes | mmap.mmap, offset: int, link: Link) -> tuple[int, int, Line, int] | None:
    """The line that closes off the damage which begins at `offset`: (lines skipped, its offset, it, its end)."""
    begin = offset
    for count in itertools.count(1):
        newline = data.find(b"\n", begin)
        if newline < 0:
            return None
        begin = newline + 1
        stop = data.find(b"\n", begin)
        if stop < 0:
            return None
        line = parse_line(data[begin:stop])
        if line is None or not _follows(line, link) or line.entry.get("event") not in _CLOSERS:
            continue
        size = line.entry.get("bytes", 0)
        fragment, rest = data[offset : offset + size], data[offset + size : begin]
        if rest in (b"", b"\n") and hashlib.sha256(fragment).hexdigest() == line.entry.get("sha256"):
            return count, begin, line, stop
    return None


def _is_written(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(handle, fcntl.LOCK_UN)
    return False
