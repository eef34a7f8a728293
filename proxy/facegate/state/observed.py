"""What the ledger says of observe mode: what would have been withheld. Read once, line by line, in little memory."""

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from facegate_addons.domain.policy import OBSERVING

from facegate.errors import StateError
from facegate.state.chain import parse_line
from facegate.state.urls import host_of

KEPT = 4096  # hosts, and jobs, that are counted apart: far more than anybody reads
# No other line is decided in observe mode; to find neither is ten times as quick as to read the line.
_MARKS = (OBSERVING.encode() + b'"', b'"observed":"')
_STEP = 1 << 20  # bytes between two words about how far it is


class Largest:
    """Counts of the most frequent of any number of names (Misra and Gries, 1982): exact up to twice `kept` names, then
    each at most `missed` too low."""

    def __init__(self, kept: int = KEPT) -> None:
        self.missed = 0
        self._kept = kept
        self._counts: Counter[str] = Counter()

    def add(self, name: str) -> None:
        self._counts[name] += 1
        if len(self._counts) > 2 * self._kept:
            least = heapq.nlargest(self._kept + 1, self._counts.values())[-1]
            self._counts = Counter({each: count - least for each, count in self._counts.items() if count > least})
            self.missed += least

    def most(self, number: int) -> list[tuple[str, int]]:
        return heapq.nsmallest(number, self._counts.items(), key=lambda item: (-item[1], item[0]))


@dataclass(frozen=True, slots=True)
class Asked:
    """Which exchanges: of one job or of all, from `since` until before `until`."""

    job: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


@dataclass(slots=True)
class Observed:
    """`exchanges` were decided in observe mode; `withheld` of them had been withheld in enforce mode. `damaged` lines
    were left out."""

    exchanges: int = 0
    withheld: int = 0
    damaged: int = 0
    first: str = ""
    last: str = ""
    actions: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    days: Counter[str] = field(default_factory=Counter)
    jobs: Largest = field(default_factory=Largest)
    hosts: Largest = field(default_factory=Largest)

    def add(self, entry: dict[str, Any]) -> None:
        at = str(entry["at"])
        self.exchanges += 1
        self.first, self.last = min(self.first or at, at), max(self.last, at)
        if (action := entry.get("observed")) is None:
            return
        self.withheld += 1
        self.actions[str(action)] += 1
        self.reasons[str(entry.get("observed_reason", entry.get("reason", "")))] += 1
        self.days[at[:10]] += 1
        self.jobs.add(str(entry.get("job", "")))
        self.hosts.add(host_of(str(entry.get("url", ""))))


def observed(folder: Path, asked: Asked, read: Callable[[int], object] = lambda _bytes: None) -> Observed:
    """Of all files in `folder`; `read` hears of the bytes that were read since the last time."""
    found = Observed()
    try:
        for path in sorted(folder.glob("*.jsonl")):
            _of_file(path, asked, read, found)
    except OSError as error:
        raise StateError(f"{error.filename}: cannot be read ({error.strerror})") from None
    return found


def size(folder: Path) -> int:
    """Bytes that there are to read."""
    return sum(path.stat().st_size for path in folder.glob("*.jsonl"))


def _of_file(path: Path, asked: Asked, read: Callable[[int], object], found: Observed) -> None:
    done = 0
    with path.open("rb") as file:
        for raw in file:
            if (done := done + len(raw)) >= _STEP:
                read(done)
                done = 0
            if not any(mark in raw for mark in _MARKS) or not raw.endswith(b"\n"):  # else its writer is at it
                continue
            line = parse_line(raw[:-1])
            at = _at(line.entry) if line is not None else None
            if line is None or at is None:
                found.damaged += 1
            elif asked.holds(at) and _counts(line.entry, asked.job):
                found.add(line.entry)
    read(done)


def _at(entry: dict[str, Any]) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(entry.get("at")))
    except ValueError:
        return None
    return at if at.tzinfo else None


def _counts(entry: dict[str, Any], job: str | None) -> bool:
    if entry.get("event") != "exchange" or job not in (None, entry.get("job")):
        return False
    versions = entry.get("versions")
    decided = isinstance(versions, dict) and str(versions.get("policy", "")).endswith(OBSERVING)
    return decided or "observed" in entry
