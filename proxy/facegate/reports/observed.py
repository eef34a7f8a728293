"""What the ledger says of observe mode: what would have been withheld. Read once, line by line, in little memory."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from facegate_addons.domain.policy import OBSERVING

from facegate.ledger.chain import parse_line
from facegate.reports.largest import Largest
from facegate.reports.lines import Asked, Heard, at_of, raw_lines
from facegate.state.urls import host_of

# No other line is decided in observe mode; to find neither is ten times as quick as to read the line.
_MARKS = (OBSERVING.encode() + b'"', b'"observed":"')


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


def observed(folder: Path, asked: Asked, read: Heard = lambda _bytes: None) -> Observed:
    """Of all files in `folder`; `read` hears of the bytes that were read since the last time."""
    found = Observed()
    for raw in raw_lines(folder, read):
        if not any(mark in raw for mark in _MARKS):
            continue
        line = parse_line(raw)
        at = at_of(line.entry) if line is not None else None
        if line is None or at is None:
            found.damaged += 1
        elif asked.holds(at) and _counts(line.entry, asked.job):
            found.add(line.entry)
    return found


def _counts(entry: dict[str, Any], job: str | None) -> bool:
    if entry.get("event") != "exchange" or job not in (None, entry.get("job")):
        return False
    versions = entry.get("versions")
    decided = isinstance(versions, dict) and str(versions.get("policy", "")).endswith(OBSERVING)
    return decided or "observed" in entry
