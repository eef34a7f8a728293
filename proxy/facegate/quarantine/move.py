"""All sealed bodies go from the storage of before to that of now, while gateways run.

Each is put, read again, compared by the digest of its sealed bytes, and only then removed where it was. Killed at any
moment, each is in one storage at least, and the next run goes on with what is left. Nothing is opened on the way: no
key is needed, and what was damaged before stays as it is.
"""

import hashlib
import itertools
import secrets
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import Enum

from facegate.errors import ConfigError, StateError
from facegate.ledger.chained import ChainedLedger
from facegate.quarantine.alone import alone
from facegate.quarantine.blobs import Blob, Blobs
from facegate.quarantine.either import Either
from facegate.quarantine.inventory import Tell
from facegate.state.database import Database
from facegate.state.home import Home

BATCH = 500  # listed, and asked about in one query
THREADS = 8  # bodies under way, and in memory, at once: they mostly wait for the storage
MOST = 1_000  # failures told by name


@dataclass(slots=True)
class Moved:
    """`purged`: records whose time was over meanwhile. `failed`: ids and why, the first MOST of `bad`; those stay where
    they were. `left`: what lies in the old storage and has no record with a key."""

    bodies: int = 0
    bytes: int = 0
    purged: int = 0
    bad: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    left: int = 0


class _End(Enum):
    MOVED = 1
    GONE = 2


def due(database: Database, old: Blobs) -> tuple[int, int, int]:
    """Bodies to move, the bytes of them, and what else lies there. Raises StateError where it does not answer."""
    bodies = size = left = 0
    for batch in _listed(old):
        wanted = _wanted(database, batch)
        bodies += len(wanted)
        size += sum(blob.size for blob in wanted)
        left += len(batch) - len(wanted)
    return bodies, size, left


def move(
    home: Home, database: Database, ledger: ChainedLedger, either: Either, by: str, tell: Tell = lambda done, due: None
) -> Moved:
    """Raises Conflict while another one is under way, ConfigError where both are one storage, StateError where one is
    away: run it again then."""
    with alone(home, "move"):
        _apart(either)
        bodies, size, _ = due(database, either.old)
        ledger.append_now({"event": "vault-move", "bodies": bodies, "bytes": size, "by": by})
        moved = Moved()
        tell(0, bodies)
        with ThreadPoolExecutor(THREADS, thread_name_prefix="move") as threads:
            for batch in _listed(either.old):
                wanted = _wanted(database, batch)
                moved.left += len(batch) - len(wanted)
                ends = threads.map(lambda blob: _tried(database, either, blob.id), wanted)
                for blob, end in zip(wanted, ends, strict=True):
                    _count(moved, blob, end)
                    tell(moved.bodies + moved.purged + moved.bad, bodies)
                if moved.bad and not (either.new.healthy and either.old.healthy):
                    break  # each further one would wait as long for nothing
        facts = {"bodies": moved.bodies, "bytes": moved.bytes, "failed": moved.bad, "by": by}
        ledger.append_now({"event": "vault-moved", **facts})
        return moved


def _apart(either: Either) -> None:
    """Raises ConfigError where both are one storage under two names: what is removed from one would be gone."""
    mark = f"mark-{secrets.token_hex(8)}"
    try:
        either.new.put(mark, (b"facegate",))
        try:
            same = either.old.has(mark)
        finally:
            either.new.withdraw(mark)
    except OSError as error:
        raise StateError(f"the vault's storages: {error.strerror}") from None
    if same:
        raise ConfigError("vault.previous and vault.url are one storage under two names; nothing has to be moved")


def _count(moved: Moved, blob: Blob, end: _End | str) -> None:
    if end is _End.MOVED:
        moved.bodies += 1
        moved.bytes += blob.size
    elif end is _End.GONE:
        moved.purged += 1
    else:
        moved.bad += 1
        if len(moved.failed) < MOST:
            moved.failed[blob.id] = str(end)


def _tried(database: Database, either: Either, id_: str) -> _End | str:
    """How it ended, or why it did not."""
    try:
        return _one(database, either, id_)
    except OSError as error:
        return error.strerror or type(error).__name__


def _one(database: Database, either: Either, id_: str) -> _End | str:
    new, old = either.new, either.old
    try:
        sealed = old.get(id_)
    except FileNotFoundError:
        return _End.GONE
    ours = True
    try:
        new.put(id_, (sealed,))
    except FileExistsError:
        ours = False  # of a run that was stopped, or another body: the digests say
    if hashlib.sha256(new.get(id_)).digest() != hashlib.sha256(sealed).digest():
        if ours:
            new.withdraw(id_)
            return "was not read again as it was written"
        return "another body of that name is in the new storage"
    if not database.read("SELECT 1 FROM records WHERE id = ? AND wrapped_key NOT NULL", (id_,)):
        either.remove(id_)  # purged since it was read: that purge may have looked into the new storage too early
        return _End.GONE
    try:
        old.remove(id_)
    except FileNotFoundError:
        return _End.GONE  # purged this moment, from both
    return _End.MOVED


def _listed(blobs: Blobs) -> Iterator[tuple[Blob, ...]]:
    try:
        yield from itertools.batched(blobs.list(), BATCH, strict=False)
    except OSError as error:
        raise StateError(f"vault.previous cannot be listed ({error.strerror})") from None


def _wanted(database: Database, batch: Sequence[Blob]) -> list[Blob]:
    places = ", ".join("?" * len(batch))
    sql = f"SELECT id FROM records WHERE id IN ({places}) AND wrapped_key NOT NULL"  # noqa: S608 - marks
    wanted = {row["id"] for row in database.read(sql, [blob.id for blob in batch])}
    return [blob for blob in batch if blob.whole and blob.id in wanted]
