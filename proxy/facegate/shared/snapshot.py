"""A whole copy of the state in Redis: what a new node begins with, so that the log need not go back for ever."""

import contextlib
import json
import os
import secrets
import sqlite3
import tempfile
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from facegate.errors import StateError
from facegate.shared.entry import Place, Seal
from facegate.shared.log import Log
from facegate.shared.place import OWN_TABLES, place_of, set_place
from facegate.state.database import connect
from facegate.state.schema import VERSION

PIECE: Final = 1 << 20  # bytes of the file in one value of Redis: it holds others up for less than a millisecond


def store(log: Log, seal: Seal, path: Path, place: Place | None = None) -> str:
    """Copy the database at `path` to Redis; what it says of itself. `place`: where it is taken to stand, instead of
    where it does. Nothing refers to it yet."""
    name = secrets.token_hex(8)
    with _aside(path) as aside:
        with contextlib.closing(connect(path, "ro")) as source, contextlib.closing(sqlite3.connect(aside)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            for table in OWN_TABLES:
                copy.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
            place = place or place_of(copy)
            if place is None:
                raise StateError(f"{path}: is not part of a shared state")
            set_place(copy, place)
            copy.commit()
            copy.execute("VACUUM")
        size = aside.stat().st_size
        pieces = -(-size // PIECE)
        said = {"name": name, "pieces": pieces, "size": size, "schema": VERSION, "position": place.position}
        bound = _bound(said, place)
        with aside.open("rb") as file:
            for number in range(pieces):
                log.store(name, number, seal.close(zlib.compress(file.read(PIECE), 1), f"{bound} {number}"))
    return json.dumps(said | {"epoch": place.epoch, "head": place.head, "at": time.time()})


def load(log: Log, seal: Seal, path: Path, snapshot: str) -> Place:
    """Put what it holds in the place of the database at `path`, in one transaction; what is this node's own stays."""
    said: dict[str, Any] = json.loads(snapshot)
    place = Place(said.pop("epoch"), said["position"], said.pop("head"))
    if said["schema"] != VERSION:
        raise StateError(
            f"the shared state was written by another version of facegate (schema {said['schema']}, this one has "
            f"{VERSION}); run the same version on every node, see docs/state.md"
        )
    bound = _bound(said, place)
    with _aside(path) as aside:
        with aside.open("wb") as file:
            for number in range(said["pieces"]):
                file.write(zlib.decompress(seal.open(log.load(said["name"], number), f"{bound} {number}")))
        with contextlib.closing(connect(aside)) as copy, contextlib.closing(connect(path)) as live:
            if copy.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise StateError(f"the snapshot at {log.to} is damaged")
            copy.execute("ATTACH ? AS live", (f"{path.absolute().as_uri()}?mode=ro",))
            for table in OWN_TABLES:
                copy.execute(f"INSERT OR REPLACE INTO main.{table} SELECT * FROM live.{table}")  # noqa: S608 - our own names
            set_place(copy, place)
            copy.execute("DETACH live")
            copy.backup(live)
    return place


def publish(log: Log, seal: Seal, path: Path) -> bool:
    """A new snapshot in the place of the last one, which leaves Redis with all of the log that the new one holds.
    False when somebody else was first."""
    with contextlib.closing(connect(path, "ro")) as connection:
        place = place_of(connection)
    if place is None:
        raise StateError(f"{path}: is not part of a shared state")
    before = log.read(place.position).snapshot
    fresh = store(log, seal, path)
    position = json.loads(fresh)["position"]
    done = log.publish(json.loads(fresh)["epoch"], before, fresh, position)
    old = json.loads(before if done else fresh)
    log.remove(old["name"], old["pieces"])
    return done


def _bound(said: dict[str, Any], place: Place) -> str:
    return f"snapshot {said['name']} {said['pieces']} {said['schema']} {place.epoch} {place.position} {place.head}"


@contextlib.contextmanager
def _aside(path: Path) -> Iterator[Path]:
    """A private file beside the database, gone afterwards."""
    handle, name = tempfile.mkstemp(prefix=f"{path.name}.snapshot-", dir=path.parent)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        for left in path.parent.glob(f"{Path(name).name}*"):
            left.unlink(missing_ok=True)
