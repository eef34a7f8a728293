"""How many exchanges there were, by hour, and by day and job: what was done with them and why."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from facegate_addons.domain.model import PASSING, Action

from facegate.state.database import Database

_LONGEST = 128  # characters of what is counted by


@dataclass(frozen=True, slots=True)
class Kind:
    """`observed`: what enforce mode had done, where observe mode passed it."""

    action: str
    reason: str
    observed: str = ""

    @property
    def passed(self) -> bool:
        return self.action in PASSING

    @property
    def withheld(self) -> bool:
        """For what was in it; what was refused before anybody looked is neither."""
        return self.action in (Action.DROP, Action.QUARANTINE)


@dataclass(slots=True)
class Amount:
    exchanges: int = 0
    faces: int = 0
    bytes: int = 0

    def add(self, faces: int, size: int) -> None:
        self.exchanges += 1
        self.faces += faces
        self.bytes += size


@dataclass(slots=True)
class Tally:
    """What is to be added."""

    hours: dict[tuple[str, Kind], Amount] = field(default_factory=dict)
    days: dict[tuple[str, str, Kind], Amount] = field(default_factory=dict)

    def add(self, entry: Mapping[str, Any]) -> None:
        """An exchange's ledger entry."""
        at, job = str(entry.get("at", "")), str(entry.get("job", ""))[:_LONGEST]
        words = (str(entry.get(name, ""))[:_LONGEST] for name in ("action", "reason", "observed"))
        kind, (faces, size) = Kind(*words), (_whole(entry.get(name)) for name in ("faces", "size"))
        self.hours.setdefault((at[:13], kind), Amount()).add(faces, size)
        self.days.setdefault((job, at[:10], kind), Amount()).add(faces, size)


@dataclass(frozen=True, slots=True)
class Counted:
    """Where a ledger's counting stands: the number of its last counted line, and where that ends in which file."""

    seq: int = 0
    file: int = 0
    offset: int = 0


def counted(database: Database) -> dict[str, Counted]:
    rows = database.read("SELECT * FROM traffic_counted")
    return {row["ledger"]: Counted(row["seq"], row["file"], row["offset"]) for row in rows}


def add(database: Database, tally: Tally, ledger: str, before: Counted, after: Counted) -> bool:
    """At once with where it stands then, so that no line counts twice. False: somebody else has counted meanwhile."""

    def change(connection: sqlite3.Connection) -> bool:
        row = connection.execute("SELECT seq FROM traffic_counted WHERE ledger = ?", (ledger,)).fetchone()
        if (row["seq"] if row else 0) != before.seq:
            return False
        connection.execute(
            "INSERT OR REPLACE INTO traffic_counted VALUES (?, ?, ?, ?)", (ledger, after.seq, after.file, after.offset)
        )
        connection.executemany(
            f"INSERT INTO traffic_hours VALUES (?, ?, ?, ?, ?, ?, ?) {_ADD}",  # noqa: S608 - our own words
            [(hour, *_words(kind), *_numbers(amount)) for (hour, kind), amount in tally.hours.items()],
        )
        connection.executemany(
            f"INSERT INTO traffic_days VALUES (?, ?, ?, ?, ?, ?, ?, ?) {_ADD}",  # noqa: S608 - our own words
            [(job, day, *_words(kind), *_numbers(amount)) for (job, day, kind), amount in tally.days.items()],
        )
        return True

    return database.write_now(change, local=True)


def by_hour(database: Database, since: datetime, until: datetime) -> dict[str, dict[Kind, Amount]]:
    """Each hour from `since` to `until`, also those without traffic: `2026-03-01T06` -> what there was."""
    hours: dict[str, dict[Kind, Amount]] = {}
    at = since.replace(minute=0, second=0, microsecond=0)
    while at <= until:
        hours[f"{at:%Y-%m-%dT%H}"] = {}
        at += timedelta(hours=1)
    first, last = min(hours, default=""), max(hours, default="")
    for row in database.read("SELECT * FROM traffic_hours WHERE hour BETWEEN ? AND ?", (first, last)):
        hours[row["hour"]][_kind(row)] = _amount(row)
    return hours


def by_day(database: Database, job: str, since: str = "", until: str = "~") -> list[tuple[str, Kind, Amount]]:
    """Of one job, days as `2026-03-01`; `until` counts in."""
    rows = database.read(
        "SELECT * FROM traffic_days WHERE job = ? AND day BETWEEN ? AND ? ORDER BY day", (job, since, until)
    )
    return [(row["day"], _kind(row), _amount(row)) for row in rows]


def reasons(kinds: Iterable[tuple[Kind, Amount]]) -> Counter[str]:
    """Of what was withheld, or had been in enforce mode."""
    found: Counter[str] = Counter()
    for kind, amount in kinds:
        if kind.withheld or kind.observed:
            found[kind.reason] += amount.exchanges
    return found


_ADD = (
    "ON CONFLICT DO UPDATE SET exchanges = exchanges + excluded.exchanges, faces = faces + excluded.faces,"
    " bytes = bytes + excluded.bytes"
)


def _words(kind: Kind) -> tuple[str, str, str]:
    return kind.action, kind.reason, kind.observed


def _numbers(amount: Amount) -> tuple[int, int, int]:
    return amount.exchanges, amount.faces, amount.bytes


def _kind(row: sqlite3.Row) -> Kind:
    return Kind(row["action"], row["reason"], row["observed"])


def _amount(row: sqlite3.Row) -> Amount:
    return Amount(row["exchanges"], row["faces"], row["bytes"])


def _whole(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value < 1 << 53 else 0
