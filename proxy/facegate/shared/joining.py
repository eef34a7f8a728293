"""How a node becomes part of a shared state, and comes back to it: by nobody's hand where nothing can be lost by it."""

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from facegate.errors import StateError
from facegate.shared import snapshot
from facegate.shared.entry import Place, Seal
from facegate.shared.link import Away
from facegate.shared.log import Log, Seen
from facegate.shared.place import forget_place, is_new, place_of, set_place
from facegate.shared.replica import ADVICE, follow
from facegate.shared.standing import evicting
from facegate.state.database import connect


def join(log: Log, seal: Seal, path: Path) -> None:
    """Make the database at `path` one of the shared state's. An empty Redis takes what is in it; an empty database what
    is in Redis. Raises StateError where both hold something, and where this node has to be told what to do."""
    with _alone(path):
        place, new = _local(path)
        try:
            seen = log.read(place.position if place else 0)
        except Away:
            if place is None:
                raise
            return  # it goes on with what it has, until Redis is back
        if wrong := evicting(log.info()):
            raise StateError(wrong)
        if place is None:
            if seen.place.epoch and not new:
                raise StateError(f"{path}: holds a state of its own, and Redis another one; {ADVICE}")
            if seen.place.epoch or not _begin(log, seal, path, ""):
                snapshot.load(log, seal, path, log.read(0).snapshot)
        elif _behind(place, seen):
            snapshot.load(log, seal, path, seen.snapshot)
        else:
            follow(place, seen, log)


def take_theirs(log: Log, seal: Seal, path: Path) -> Place:
    """Replace the database's content by what Redis has. What this node alone had is lost."""
    with _alone(path):
        seen = log.read(0)
        if not seen.place.epoch:
            raise StateError(f"Redis at {log.to} holds no shared state; give --from-here to begin with this node's")
        return snapshot.load(log, seal, path, seen.snapshot)


def give_ours(log: Log, seal: Seal, path: Path) -> Place:
    """Begin the shared state anew with this node's database. What it did not have is lost."""
    with _alone(path):
        seen = log.read(0)
        if not _begin(log, seal, path, seen.place.epoch):
            raise StateError("another node began the shared state anew just now; try again")
        place, _ = _local(path)
        assert place is not None
        return place


def leave(path: Path) -> None:
    """The database is this machine's alone from here on."""
    with _alone(path), contextlib.closing(connect(path)) as connection:
        forget_place(connection)


def _begin(log: Log, seal: Seal, path: Path, instead_of: str) -> bool:
    place = Place(secrets.token_hex(16), 0, "")
    said = snapshot.store(log, seal, path, place)
    if not log.found(instead_of, place, said):
        return False
    with contextlib.closing(connect(path)) as connection:
        set_place(connection, place)
    return True


def _behind(place: Place, seen: Seen) -> bool:
    """Of the same past, but the log does not go back as far."""
    if seen.place.epoch != place.epoch or seen.place.position <= place.position:
        return False
    return not seen.entries or seen.entries[0][0] != place.position + 1


def _local(path: Path) -> tuple[Place | None, bool]:
    with contextlib.closing(connect(path, "ro")) as connection:
        return place_of(connection), is_new(connection)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Among the processes of this node."""
    handle = os.open(path.with_suffix(".join"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
