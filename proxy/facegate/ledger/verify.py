"""Is the ledger what was written? Walks each ledger's chain over its files and names the first line that is not."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from facegate.errors import StateError
from facegate.ledger.chain import Link, genesis, parse_line
from facegate.ledger.file import ROTATED, is_written, read_head
from facegate.ledger.files import closed, current_of, names, opened
from facegate.ledger.position import Position, before_it, ends_there
from facegate.ledger.scan import Scanned, scan

type Hear = Callable[[int], object]


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


@dataclass(frozen=True, slots=True)
class Archived:
    """A ledger's lines up to this one were taken out of the home, by whom, when and where to."""

    link: Link
    at: str = ""
    by: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What others say of the ledgers: which hash a line has (ledger -> number -> hash -> who says so), what was
    archived, and where the archived files are, when they are to be read too."""

    marks: Mapping[str, Mapping[int, Mapping[str, str]]] = field(default_factory=dict)
    archived: Mapping[str, Archived] = field(default_factory=dict)
    archive: Path | None = None


@dataclass(slots=True)
class Chain:
    """One ledger: a report a file; how far it is whole, None when it is not; and which checkpoints its lines tell of,
    with their sha256 and where the line stands."""

    name: str
    reports: list[FileReport]
    end: Position | None = None
    told: Mapping[int, tuple[str, str]] = field(default_factory=dict)


def verify(folder: Path, known: Known | None = None, read: Hear = lambda _bytes: None) -> list[FileReport]:
    """One report a file, by name and in the order of their lines. What only a head, or a checkpoint, remembers is
    reported too."""
    return [report for chain in chains(folder, known, read=read) for report in chain.reports]


def chains(
    folder: Path, known: Known | None = None, since: Mapping[str, Position] | None = None,
    read: Hear = lambda _bytes: None,
) -> list[Chain]:  # fmt: skip
    """Of each ledger. `since` is where to begin: what lies before was verified, or signed. A ledger in which that line
    is not found there is walked from its start."""
    known = known or Known()
    try:
        found = []
        for name in sorted({*names(folder), *known.marks}):
            begin = (since or {}).get(name)
            found.append(_Walk(folder, name, known, read).walk(begin))
        return found
    except OSError as error:
        raise StateError(f"{error.filename}: cannot be read ({error.strerror})") from None


class _Walk:
    def __init__(self, folder: Path, name: str, known: Known, read: Hear) -> None:
        self._folder, self._name, self._read = folder, name, read
        self._archived, self._archive = known.archived.get(name), known.archive
        self._marks = {seq: dict(says) for seq, says in known.marks.get(name, {}).items()}
        self._head = read_head(current_of(folder, name))  # before the files: a running writer only adds
        if self._head is not None and self._head.seq:
            self._marks.setdefault(self._head.seq, {}).setdefault(self._head.hash, "the head")
        self._reports: list[FileReport] = []
        self._told: dict[int, tuple[str, str]] = {}
        self._link: Link | None = genesis(name)  # None behind damage: what comes next is taken as it is
        self._last = Scanned(self._link)

    def walk(self, since: Position | None) -> Chain:
        path = current_of(self._folder, self._name)
        with opened(self._folder, self._name) as (before, current):
            writing = is_written(self._folder, self._name)
            if since is not None:
                passed = before_it(self._folder, self._name, since)
                rest = [each for each in before if each not in passed]
            if since is not None and self._go_on(since, rest, current, writing):
                before, current = rest[1:], (current if rest else None)
            else:
                before = self._with_archive(before)
            for each in before:
                with each.open("rb") as file:
                    self._file(each.name, file, being_written=False)
            if current is not None:
                self._file(path.name, current, being_written=writing)
            complete = current is not None or bool(self._reports and self._reports[-1].file == path.name)
        self._end(path.name, complete)
        whole = all(report.ok for report in self._reports)
        link = self._last.link
        end = Position(link.seq, link.hash, self._last.lines, self._last.offset) if whole and link else None
        return Chain(self._name, self._reports, end, self._told)

    def _go_on(self, since: Position, rest: list[Path], current: BinaryIO | None, writing: bool) -> bool:
        """Go on in the file in which that line is; False when it is not there."""
        if rest:
            with rest[0].open("rb") as file:
                return self._from(since, rest[0].name, file, False)
        name = current_of(self._folder, self._name).name
        return current is not None and self._from(since, name, current, writing)

    def _from(self, since: Position, name: str, file: BinaryIO, writing: bool) -> bool:
        if not ends_there(file, since):
            return False
        self._marks = {seq: says for seq, says in self._marks.items() if seq > since.seq}
        found = scan(
            file, since.link, self._marks, being_written=writing,
            offset=since.offset, number=since.line, read=self._read,
        )  # fmt: skip
        self._add(name, found, found.bad_line, found.problem, ())
        return True

    def _with_archive(self, before: list[Path]) -> list[Path]:
        if self._archive is None:
            return before
        here = {path.name for path in before}
        theirs = [path for path in closed(self._archive, self._name) if path.name not in here]
        return sorted([*theirs, *before], key=lambda path: path.name)

    def _file(self, name: str, file: BinaryIO, *, being_written: bool) -> None:
        link, bad, problem = self._link, None, ""
        notes: tuple[str, ...] = ()
        starts = _follows(file)
        if link is not None and starts is not None and starts != link and starts.seq > link.seq:
            if not self._reports and (told := self._told_of(starts)):
                notes = (told,)
            else:
                bad = 1
                lost = f"lines {link.seq + 1:,} to {starts.seq:,} are missing before it"
                problem = f"{lost}: a file, or its beginning, was removed"
            link = None
        found = scan(file, link, self._marks, being_written=being_written, read=self._read)
        if bad is None:
            bad, problem = found.bad_line, found.problem
        self._add(name, found, bad, problem, notes)

    def _told_of(self, starts: Link) -> str:
        """What a signed checkpoint says of the lines that are missing at the front; "" when it says nothing."""
        told = self._archived
        if told is None or starts.seq > told.link.seq:
            return ""
        if starts.seq == told.link.seq and starts.hash != told.link.hash:
            return ""
        if starts.seq < told.link.seq:
            self._marks.setdefault(told.link.seq, {}).setdefault(told.link.hash, "the checkpoint of the archive")
        to = f" to {told.to}" if told.to else ""
        return f"lines 1 to {starts.seq:,} were archived{to} by {told.by or 'somebody'} at {told.at}"

    def _add(self, name: str, found: Scanned, bad: int | None, problem: str, notes: tuple[str, ...]) -> None:
        self._reports.append(FileReport(name, found.lines, bad, problem, (*notes, *found.notes)))
        self._told |= {number: (digest, f"{name}:{line}") for number, (digest, line) in found.told.items()}
        self._link = found.link if found.bad_line is None else None
        self._last = found

    def _end(self, current: str, complete: bool) -> None:
        """Is there anything that had to come behind the last line?"""
        link = self._link
        last = max(self._marks, default=0)
        if not complete:
            had = f"; it had lines up to {last:,}" if last else ""
            if link is None or last > link.seq or self._last.last_event == ROTATED or not self._reports:
                self._reports.append(FileReport(current, 0, 1, f"the file is missing{had}"))
        elif link is not None and last > link.seq and self._reports[-1].ok:
            report = self._reports.pop()
            who = next(iter(self._marks[last].values()))
            problem = f"the last {last - link.seq:,} lines are missing: {link.seq:,} of {last:,} are here, says {who}"
            self._reports.append(FileReport(report.file, report.lines, report.lines + 1, problem, report.notes))


def _follows(file: BinaryIO) -> Link | None:
    """What the first line says that it follows; None when it cannot be read."""
    file.seek(0)
    line = parse_line(file.readline().rstrip(b"\n"))
    return Link(line.seq - 1, line.prev) if line is not None else None
