"""How a node stands to the shared state: for people who ask, and for scripts that watch."""

import contextlib
from pathlib import Path
from typing import Any

from facegate.errors import StateError
from facegate.shared.entry import Place
from facegate.shared.log import Log, Seen, facts
from facegate.shared.place import place_of
from facegate.shared.replica import follow
from facegate.state.database import connect


def alone(path: Path) -> dict[str, Any]:
    wrong = "it is a copy of a shared state, and state.url does not say which" if _local(path) else ""
    return {"kind": "sqlite", "at": str(path), "wrong": wrong}


def shared(log: Log, path: Path) -> dict[str, Any]:
    """`behind`: changes that are to come. `wrong`: why this node cannot go on, or what Redis must not be set to."""
    place = _local(path)
    found: dict[str, Any] = {"kind": log.to.kind, "at": str(log.to), "position": place.position if place else None}
    try:
        seen, info = log.read(place.position if place else 0), log.info()
    except StateError as error:
        return found | {"wrong": str(error)}
    persists = bool(info.get("aof_enabled"))
    return found | {
        "end": seen.place.position,
        "behind": seen.place.position - (place.position if place else 0),
        "snapshot": facts(seen.snapshot).get("position"),
        "redis": str(info.get("redis_version", "")),
        "append_only_file": persists,
        "eviction": str(info.get("maxmemory_policy", "")),
        "wrong": _wrong(log, place, seen, info),
    }


def evicting(info: dict[str, Any]) -> str:
    """What is wrong with how Redis makes room; "" when nothing is."""
    policy = str(info.get("maxmemory_policy", ""))
    return (
        ""
        if policy in ("", "noeviction")
        else f"Redis may throw the state away: set maxmemory-policy to noeviction, not {policy}"
    )


def _wrong(log: Log, place: Place | None, seen: Seen, info: dict[str, Any]) -> str:
    if place is None:
        return "this node has not joined yet: any command that opens its state lets it" if seen.place.epoch else ""
    try:
        follow(place, seen, log)
    except StateError as error:
        return str(error)
    if seen.place.position == place.position and seen.place.head != place.head:
        return "the shared log has another past than this node"
    return evicting(info)


def _local(path: Path) -> Place | None:
    if not path.exists():
        return None
    with contextlib.closing(connect(path, "ro")) as connection:
        return place_of(connection)
