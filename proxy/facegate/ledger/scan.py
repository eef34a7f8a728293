"""One file's lines, checked one after the other in little memory: does each follow the one before it?

The quick way through is to hash and compare; JSON is read only where a line tells of the ledger itself, or is not what
it should be.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from facegate.ledger.chain import Line, Link, parse_line

CLOSERS = ("ledger-torn", "ledger-damaged", "ledger-lost")
_OF_THE_LEDGER = b'"event":"ledger-'
_STEP = 1 << 20  # bytes between two words about how far it is
_HASH_TAIL = 76  # bytes of `,"hash":"<64 hex>"}` and the newline
NOTES_MAX = 100
TOLD_MAX = 1_000_000
CHECKPOINT = "ledger-checkpoint"

type Marks = Mapping[int, Mapping[str, str]]  # number of a line -> the hash it had -> who says so


@dataclass(slots=True)
class Scanned:
    """`lines` were read of the file; `link` is the last good one, which ends at byte `offset`."""

    link: Link | None
    offset: int = 0
    lines: int = 0
    bad_line: int | None = None
    problem: str = ""
    notes: list[str] = field(default_factory=list)
    last_event: str = ""  # of the last line, when it is one about the ledger
    told: dict[int, tuple[str, int]] = field(default_factory=dict)  # checkpoint -> its sha256, and the line

    def note(self, text: str) -> None:
        if len(self.notes) < NOTES_MAX:
            self.notes.append(text)


def scan(
    file: BinaryIO,
    after: Link | None,
    marks: Marks,
    *,
    being_written: bool = False,
    offset: int = 0,
    number: int = 0,
    read: Callable[[int], object] = lambda _bytes: None,
) -> Scanned:
    """From `offset`, behind line `number`, to the end or the first bad line. `after` None: whatever the first line says
    it follows. What somebody is just writing is not looked at. `read` hears of bytes that were read."""
    found = Scanned(after, offset, number)
    file.seek(offset)
    told = offset
    if after is None and not _take_first(file, found):
        return found
    assert found.link is not None
    prev, seq = found.link.hash, found.link.seq
    while True:
        quick = _quick(file, prev, seq, found.offset)
        for prev, seq, found.offset in quick:
            found.lines += 1
            if seq in marks and (other := _other(marks[seq], prev)):
                return _bad(found, f"is not the line that {other} tells of")
            if found.offset - told >= _STEP:
                read(found.offset - told)
                told = found.offset
        if found.link != (here := Link(seq, prev)):
            found.link, found.last_event = here, ""
        if not _slow(file, found, being_written):
            read(found.offset - told)
            return found
        assert found.link is not None
        prev, seq = found.link.hash, found.link.seq
        if seq in marks and (other := _other(marks[seq], prev)):
            return _bad(found, f"is not the line that {other} tells of")


def _quick(file: BinaryIO, prev: str, seq: int, offset: int) -> Iterator[tuple[str, int, int]]:
    """Line after line that is as it has to be and does not tell of the ledger."""
    sha256 = hashlib.sha256
    file.seek(offset)
    for raw in file:
        digest = sha256(raw[:-_HASH_TAIL] + b"}").hexdigest()
        seq += 1
        fits = raw.endswith(f',"prev":"{prev}","seq":{seq},"hash":"{digest}"}}\n'.encode())
        if not fits or _OF_THE_LEDGER in raw:
            return
        offset += len(raw)
        prev = digest
        yield digest, seq, offset


def _slow(file: BinaryIO, found: Scanned, being_written: bool) -> bool:
    """The line at `found.offset`, read in full. False at the end of the file, or when it is bad."""
    file.seek(found.offset)
    raw = file.readline()
    if not raw or (being_written and not raw.endswith(b"\n")):
        return False
    assert found.link is not None
    line = parse_line(raw.rstrip(b"\n"))
    size, skipped = len(raw), 0
    if line is None or not follows(line, found.link):
        closer = _find_closer(file, found.offset, found.link)
        if closer is None:
            found.lines += 1
            _bad(found, _what(line, found.link, raw.endswith(b"\n")))
            return False
        skipped, line, size = closer
        if line.entry.get("event") == CLOSERS[0]:
            found.note(f"line {found.lines + 1}: was cut off by a crash, and closed off at the next start")
    found.lines += 1 + skipped
    event = str(line.entry.get("event"))
    if event in CLOSERS[1:]:
        _bad(found, _describe(line))
        return False
    if event == "ledger-dropped":
        found.note(f"line {found.lines}: {line.entry.get('lines')} lines were lost while the disk was away")
    number = line.entry.get("number")
    if event == CHECKPOINT and isinstance(number, int) and len(found.told) < TOLD_MAX:
        found.told[number] = str(line.entry.get("sha256")), found.lines
    found.link, found.offset, found.last_event = line.link, found.offset + size, event
    return True


def _take_first(file: BinaryIO, found: Scanned) -> bool:
    """Begin with what the first line that can be read says it follows."""
    raw = file.readline()
    line = parse_line(raw.rstrip(b"\n"))
    if line is None:
        if raw:
            found.lines += 1
            _bad(found, _what(None, Link(0, ""), raw.endswith(b"\n")))
        return False
    found.link = Link(line.seq - 1, line.prev)
    return True


def follows(line: Line, link: Link) -> bool:
    return line.prev == link.hash and line.seq == link.seq + 1


def _bad(found: Scanned, problem: str) -> Scanned:
    found.bad_line, found.problem = found.lines, problem
    return found


def _other(mark: Mapping[str, str], digest: str) -> str:
    """Who says that the line has another hash; "" when nobody does."""
    return next((who for other, who in mark.items() if other != digest), "")


def _what(line: Line | None, link: Link, ended: bool) -> str:
    if line is None:
        return "was altered or damaged" if ended else "is cut off"
    missing = line.seq - link.seq - 1
    if missing > 0:
        to = f" to {line.seq - 1:,}" if missing > 1 else ""
        return f"does not follow the line before it; {missing:,} missing: number {link.seq + 1:,}{to}"
    return "does not follow the line before it"


def _describe(line: Line) -> str:
    if line.entry["event"] == CLOSERS[2]:
        return f"lines up to {line.entry.get('lost_to')} were lost before this start"
    return "lines before this one were altered or damaged, as was found at this start"


def _find_closer(file: BinaryIO, offset: int, link: Link) -> tuple[int, Line, int] | None:
    """The line that closes off the damage which begins at `offset`: (lines skipped, it, bytes up to its end)."""
    file.seek(offset)
    begin, skipped = offset, 0
    while raw := file.readline():
        line = parse_line(raw[:-1]) if _OF_THE_LEDGER in raw and raw.endswith(b"\n") else None
        if line is not None and follows(line, link) and line.entry.get("event") in CLOSERS and skipped:
            size = line.entry.get("bytes")
            if isinstance(size, int) and size + offset in (begin, begin - 1):
                file.seek(offset)
                if _sha256(file, size) == line.entry.get("sha256"):
                    return skipped, line, begin - offset + len(raw)
            file.seek(begin + len(raw))
        begin, skipped = begin + len(raw), skipped + 1
    return None


def _sha256(file: BinaryIO, size: int) -> str:
    digest = hashlib.sha256()
    while size > 0 and (piece := file.read(min(size, 1 << 20))):
        digest.update(piece)
        size -= len(piece)
    return digest.hexdigest()
