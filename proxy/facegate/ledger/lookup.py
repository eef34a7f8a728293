"""What the ledgers say of a job, an event, a person or a time: the newest lines first, in pages that stay flat.

A page looks at LOOKED bytes at most; when it ends with that, the next one goes on there.
"""

import heapq
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from facegate.errors import StateError
from facegate.ledger.backwards import RawLine, backwards, before_seq, until
from facegate.ledger.chain import Line, parse_line
from facegate.ledger.files import names
from facegate.moments import stamp

PAGE = 50
LOOKED = 256 << 20  # bytes for one page, half a million lines: some 0.2 s
_SLACK = timedelta(minutes=1)  # lines of one process can be out of order by what they waited
_CURSOR = re.compile(r"([a-z0-9][a-z0-9-]{0,63}):([0-9]{1,15})")
_WHO = ("by", "user")
_FIRST = ("reason", "status", "url", "record", "user", "role", "note", "why")  # what a reader of the table looks for
_LITTLE = ("document", "fingerprint", "via", "versions", "id", "digest", "ms")  # on the page of the line


@dataclass(frozen=True, slots=True)
class Wanted:
    """Each narrows; "" and None do not. `event` may be the beginning of some, like "job-*"."""

    ledger: str = ""
    event: str = ""
    job: str = ""
    who: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """`line` is None where it was altered or damaged."""

    ledger: str
    file: str
    offset: int
    line: Line | None

    @property
    def seq(self) -> int:
        return self.line.seq if self.line is not None else 0

    def told(self, name: str) -> str:
        """One of its facts as text, "" when it is not there or says nothing."""
        value = self.line.entry.get(name) if self.line is not None else None
        if value in (None, "", [], {}):
            return ""
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    @property
    def who(self) -> str:
        return next((text for name in _WHO if (text := self.told(name))), "")

    @property
    def rest(self) -> dict[str, str]:
        """Its facts but for those that have a place of their own."""
        facts = self.line.entry if self.line is not None else {}
        return {name: text for name in facts if name not in ("at", "event", "job") and (text := self.told(name))}

    @property
    def telling(self) -> list[tuple[str, str]]:
        """Of the rest what a table has room for, what says most first."""
        facts = {name: text for name, text in self.rest.items() if name not in _LITTLE and text != self.who}
        first = [(name, facts.pop(name)) for name in _FIRST if name in facts]
        return [*first, *facts.items()]


@dataclass(frozen=True, slots=True)
class Page:
    """`next`: send it as `after`, "" at the end. `more`: it is short because there was too much to look at."""

    entries: list[Entry] = field(default_factory=list)
    next: str = ""
    more: bool = False


def find(folder: Path, wanted: Wanted, *, after: str = "", limit: int = PAGE, most: int = LOOKED) -> Page:
    """`most`: how many bytes to look at. Raises ValueError for an `after` that is none, StateError when a file cannot
    be read."""
    below = cursor(after)
    some = [name for name in names(folder) if wanted.ledger in ("", name)]
    entries: list[Entry] = []
    reached, looked = dict(below), 0
    try:
        # of the lines of several processes the newest; each process's own are in order
        merged = heapq.merge(*(_lines(folder, name, wanted, below) for name in some), key=_when, reverse=True)
        for name, _, raw in merged:
            if len(entries) == limit or looked >= most:
                return Page(entries, _cursor(reached), len(entries) < limit)
            looked += raw.covers
            if raw.seq:
                reached[name] = raw.seq
            if not raw.passed and _fits(entry := _entry(name, raw), wanted):
                entries.append(entry)
    except OSError as error:
        raise StateError(f"{error.filename}: cannot be read ({error.strerror})") from None
    return Page(entries)


def entry_of(folder: Path, ledger: str, seq: int) -> Entry | None:
    """Line `seq` of a ledger, None when it is not there or cannot be read."""
    if ledger not in names(folder):
        return None
    for raw in backwards(folder, ledger, before_seq(seq + 1)):
        return _entry(ledger, raw) if raw.seq == seq else None
    return None


def cursor(text: str) -> dict[str, int]:
    """`console:120,gateway-0:7`: of each ledger the number before which to go on. Raises ValueError."""
    matches = [_CURSOR.fullmatch(part) for part in text.split(",")] if text else []
    if len(matches) > 1_000 or not all(matches):
        raise ValueError("this page is none")
    return {match[1]: int(match[2]) for match in matches if match}


def _cursor(below: Mapping[str, int]) -> str:
    return ",".join(f"{name}:{seq}" for name, seq in sorted(below.items()))


def _lines(folder: Path, name: str, wanted: Wanted, below: Mapping[str, int]) -> Iterator[tuple[str, str, RawLine]]:
    """With the time by which they are merged: that of a line that cannot be read is that of the one behind it."""
    later = None
    if name in below:
        later = before_seq(below[name])
    elif wanted.until is not None:
        later = until(stamp(wanted.until + _SLACK))
    since = stamp(wanted.since - _SLACK) if wanted.since is not None else ""
    at = "9"
    for raw in backwards(folder, name, later, _marks(wanted)):
        at = raw.at or at
        if at < since:
            return
        yield name, at, raw


def _when(found: tuple[str, str, RawLine]) -> str:
    return found[1]


def _marks(wanted: Wanted) -> list[tuple[bytes, ...]]:
    """What has to stand in a line, so that the others need not be read: one of each."""

    def fact(name: str, value: str) -> bytes:
        return f'"{name}":{json.dumps(value)}'.encode()

    marks: list[tuple[bytes, ...]] = [
        (fact(name, value),) for name in ("event", "job") if (value := getattr(wanted, name))
    ]
    if wanted.event.endswith("*"):
        marks[0] = (marks[0][0].removesuffix(b'*"'),)
    return [*marks, tuple(fact(name, wanted.who) for name in _WHO)] if wanted.who else marks


def _fits(entry: Entry, wanted: Wanted) -> bool:
    if entry.line is None:
        return not (wanted.event or wanted.job or wanted.who)
    facts = entry.line.entry
    at = str(facts.get("at", ""))
    return (
        _names(wanted.event, str(facts.get("event", "")))
        and wanted.job in ("", facts.get("job"))
        and (not wanted.who or wanted.who in [facts.get(name) for name in _WHO])
        and (wanted.since is None or at >= stamp(wanted.since))
        and (wanted.until is None or at <= stamp(wanted.until))
    )


def _names(wanted: str, event: str) -> bool:
    return event.startswith(wanted[:-1]) if wanted.endswith("*") else wanted in ("", event)


def _entry(ledger: str, raw: RawLine) -> Entry:
    return Entry(ledger, raw.path.name, raw.offset, parse_line(raw.raw))
