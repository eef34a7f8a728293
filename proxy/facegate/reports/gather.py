"""What the ledger adds up to: one pass over its lines, in memory that does not grow with them."""

import heapq
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

from facegate_addons.domain.model import utc_now

from facegate.ledger.chain import parse_line
from facegate.ledger.reading import tail
from facegate.reports import outcomes
from facegate.reports.largest import Largest
from facegate.reports.lines import Asked, Heard, at_of, began, raw_lines
from facegate.reports.sampled import Sampled
from facegate.state.urls import host_of

KEPT = 200  # lines of each topic that are told one by one, the newest; the others are counted
VERSIONS = 200  # combinations of versions that are counted apart
_EXCHANGE = b'"event":"exchange"'
# how many characters of a time make one step of the charts, and up to which span
_STEPS = ((13, "hour", timedelta(days=3)), (10, "day", timedelta(days=200)), (7, "month", timedelta.max))


@dataclass(slots=True)
class Latest:
    """`count` of them all; the newest are kept whole."""

    count: int = 0
    _heap: list[tuple[str, int, dict[str, Any]]] = field(default_factory=list)

    def add(self, entry: dict[str, Any]) -> None:
        self.count += 1
        item = (str(entry.get("at", "")), self.count, entry)
        if len(self._heap) < KEPT:
            heapq.heappush(self._heap, item)
        else:
            heapq.heappushpop(self._heap, item)

    def oldest_first(self) -> list[dict[str, Any]]:
        return [entry for _, _, entry in sorted(self._heap, key=lambda item: item[:2])]


@dataclass(slots=True)
class InForce:
    """How often one combination of versions decided, and when first and last."""

    exchanges: int = 0
    first: str = ""
    last: str = ""


@dataclass(slots=True)
class Gathered:
    """`decisions` counts (reason, outcome), `over_time` (step, outcome); `events` every kind of line. `damaged` lines
    could not be read, `undated` have no time: neither is in any other count."""

    asked: Asked
    width: int = 10
    step: str = "day"
    exchanges: int = 0
    size: int = 0
    passed_size: int = 0
    damaged: int = 0
    undated: int = 0
    first: str = ""
    last: str = ""
    decisions: Counter[tuple[str, str]] = field(default_factory=Counter)
    over_time: Counter[tuple[str, str]] = field(default_factory=Counter)
    versions: dict[tuple[tuple[str, str], ...], InForce] = field(default_factory=dict)
    events: Counter[str] = field(default_factory=Counter)
    topics: dict[str, Latest] = field(default_factory=lambda: {name: Latest() for name in outcomes.TOPICS})
    jobs: Largest = field(default_factory=Largest)
    withheld_jobs: Largest = field(default_factory=Largest)
    withheld_hosts: Largest = field(default_factory=Largest)
    sampled: Sampled = field(default_factory=Sampled)

    def exchange(self, entry: dict[str, Any]) -> None:
        at, reason = entry["at"], str(entry.get("reason", ""))
        outcome = outcomes.of(entry)
        size = _count(entry.get("size"))
        self.exchanges += 1
        self.size += size
        if outcome in outcomes.PASSED:
            self.passed_size += _count(entry.get("released", size))
        self.decisions[reason, outcome] += 1
        self.over_time[at[: self.width], outcome] += 1
        self._version(entry.get("versions"), at)
        job = str(entry.get("job", ""))
        self.jobs.add(job)
        if outcome in outcomes.WITHHELD:
            self.withheld_jobs.add(job)
            self.withheld_hosts.add(host_of(str(entry.get("url", ""))))
        if "sampling" in entry:
            self.sampled.add(entry, outcome)

    def event(self, entry: dict[str, Any]) -> None:
        name = str(entry.get("event", ""))[:64]
        self.events[name if name in self.events or len(self.events) < VERSIONS else "other"] += 1
        if (topic := outcomes.topic(name)) is not None:
            self.topics[topic].add(entry)

    def _version(self, versions: object, at: str) -> None:
        key = tuple(sorted(versions.items())) if isinstance(versions, dict) else ()
        known = self.versions.get(key)
        if known is None:
            if len(self.versions) >= VERSIONS:
                key = ()
            known = self.versions.setdefault(key, InForce(first=at, last=at))
        known.exchanges += 1
        known.first, known.last = min(known.first, at), max(known.last, at)


def gather(
    folder: Path, asked: Asked, false_positives: frozenset[str] = frozenset(), read: Heard = lambda _bytes: None
) -> Gathered:
    """Of all files in `folder`. `false_positives` are ids of records that a person found no face in."""
    width, step = _step(folder, asked)
    found = Gathered(asked, width, step, sampled=Sampled(false_positives))
    outside, of_others = asked.outside(), _of_others(asked.job)
    for raw in raw_lines(folder, read):
        if outside(raw) or of_others(raw):
            continue
        line = parse_line(raw)
        if line is None:
            found.damaged += 1
            continue
        entry, at = line.entry, at_of(line.entry)
        if at is None:
            found.undated += 1
        elif asked.holds(at):
            text: str = entry["at"]
            if not text.endswith("+00:00"):
                entry["at"] = text = at.astimezone(UTC).isoformat()
            found.first, found.last = min(found.first or text, text), max(found.last, text)
            _add(found, entry, asked.job)
    return found


def _add(found: Gathered, entry: dict[str, Any], job: str | None) -> None:
    if entry.get("event") == "exchange":
        if job is None or entry.get("job") == job:
            found.exchange(entry)
    elif job is None or job in (entry.get("job"), entry.get("to_job")) or outcomes.of_everybody(entry):
        found.event(entry)


def _of_others(job: str | None) -> Callable[[bytes], bool]:
    """Is it certainly an exchange of another job? Quotes within JSON's text are escaped, so no text looks like it."""
    if job is None:
        return lambda _raw: False
    mine = b'"job":' + json.dumps(job).encode()
    return lambda raw: mine not in raw and _EXCHANGE in raw


def _step(folder: Path, asked: Asked) -> tuple[int, str]:
    newest = next((at_of(entry) for entry in tail(folder, 1)), None)
    since, until = asked.since or began(folder), asked.until or newest or utc_now()
    span = until - since if since is not None else timedelta(0)
    return next((width, name) for width, name, longest in _STEPS if span <= longest)


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0
