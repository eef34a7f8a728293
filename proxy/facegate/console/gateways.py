"""What the gateways say of themselves: the status files that each writes every second."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from facegate.state.following import Following

STALE = 5.0  # seconds without a word, after which a gateway is taken for dead


@dataclass(frozen=True, slots=True)
class Status:
    """`age` is that of the report in seconds; `why` says why it is not ready; `observes`: it withholds nothing."""

    name: str
    age: float
    ready: bool
    why: tuple[str, ...]
    workers: int
    observes: bool
    waiting: int = 0  # bodies, for a worker
    under_way: int = 0  # exchanges
    unwritten: int = 0  # ledger lines
    tested_ways: int = 0  # past a proxy, tried before it served
    tested_seconds: float = 0.0
    following: Following | None = None  # of a state that others share
    degraded: tuple[str, ...] = ()  # why it takes requests and cannot do all that it should


@dataclass(frozen=True, slots=True)
class Unreadable:
    name: str


def gateways(run: Path, now: float) -> list[Status | Unreadable]:
    """One for each gateway that was started, by name."""
    return [_status(file, now) for file in sorted(run.glob("gateway-*.json"))]


def _status(file: Path, now: float) -> Status | Unreadable:
    try:
        told: dict[str, Any] = json.loads(file.read_text("utf-8"))
        return Status(
            name=file.stem,
            age=now - float(told["at"]),
            ready=told["ready"] is True,
            why=tuple(map(str, told.get("why", ()))),
            workers=int(told.get("workers", 0)),
            observes=told.get("observe") is True,
            waiting=int(told.get("waiting", 0)),
            under_way=int(told.get("under_way", 0)),
            unwritten=int(told.get("unwritten", 0)),
            tested_ways=int(told.get("self_test", {}).get("ways", 0)),
            tested_seconds=float(told.get("self_test", {}).get("seconds", 0)),
            following=_following(told.get("following")),
            degraded=tuple(map(str, told.get("degraded", ()))),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Unreadable(file.stem)


def _following(told: dict[str, Any] | None) -> Following | None:
    return Following(told["connected"] is True, int(told["behind"]), float(told["heard"])) if told else None


def observing(statuses: list[Status | Unreadable]) -> bool:
    """Does any of them withhold nothing, as far as is known? One that has not reported for long still counts."""
    return any(isinstance(status, Status) and status.observes for status in statuses)
