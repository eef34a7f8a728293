"""A new master key: what was wrapped under the old one is wrapped under the new one, while gateways run.

1. The new key is on disk. 2. One transaction names it as the one that wraps, and rewraps the settings: from here on
nobody wraps under the old one. 3. The records follow in batches. 4. What wraps nothing any more is destroyed.
Killed at any moment, all keys that are needed are there, and the next rotation goes on with what was begun.
"""

import base64
import contextlib
import os
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from facegate.errors import ConfigError, HomeError, StateError
from facegate.ledger.chained import ChainedLedger
from facegate.quarantine.alone import alone
from facegate.quarantine.keys import KeyRing, beside
from facegate.quarantine.wrapped import SETTINGS
from facegate.quarantine.wrapping import (
    destroy_key,
    key_digest,
    key_from_file,
    key_id,
    make_key,
    sync_folder,
    unwrap,
    wrap,
)
from facegate.sections import Vault
from facegate.state.database import Database
from facegate.state.home import Home

BATCH = 500  # records in one transaction: it holds the writer some 10 ms

Tell = Callable[[int, int], None]  # records done, and to do


@dataclass(frozen=True, slots=True)
class Rotated:
    """`resumed`: it went on with a rotation that was begun before. `damaged`: records whose key opens under none.
    `kept`: ids of older keys that still wrap something. `yours`: those that were not facegate's to destroy."""

    key: str
    before: str
    records: int
    resumed: bool
    damaged: list[str]
    destroyed: list[str]
    kept: list[str]
    yours: list[str]


def rotate(
    home: Home, vault: Vault, database: Database, ledger: ChainedLedger, by: str, tell: Tell = lambda done, due: None
) -> Rotated:
    """Raises Conflict while another one is under way, ConfigError where the configuration names no new key."""
    with alone(home, "rotation"):
        _settle(home, KeyRing.open(home, vault, database))
        ring = KeyRing.open(home, vault, database)
        before = ring.current
        behind = _behind(database, key_id(before))
        target = ring.configured
        resumed = target == before and behind > 0
        if target == before and not resumed:
            target = _fresh(home, vault)
        if target != before:
            _switch(KeyRing.open(home, vault, database), database, ledger, by, target)
            _settle(home, KeyRing.open(home, vault, database))
            ring = KeyRing.open(home, vault, database)
        done, damaged = _rewrap(database, ring, tell)
        database.checkpoint()  # the write-ahead log still held what was wrapped under the old key
        wrapping = _ids(database)
        destroyed = []
        for path in beside(home):
            id_ = _id_of(path)
            if id_ not in wrapping:
                destroy_key(path)
                destroyed.append(id_)
        known = {id_ for id_ in ring.ids if id_ != key_id(ring.current) and id_ not in destroyed}
        facts = {"key": key_id(ring.current), "records": done, "damaged": len(damaged), "by": by}
        ledger.append_now({"event": "vault-rewrapped", **facts})
        return Rotated(
            key_id(ring.current),
            key_id(before),
            done,
            resumed,
            damaged,
            [id_ for id_ in destroyed if id_],
            sorted(wrapping - {key_id(ring.current)}),
            sorted(known - wrapping),
        )


def _fresh(home: Home, vault: Vault) -> bytes:
    """A new key beside the one in the home. One that lies there was never used: it would be the current one."""
    if "env" in vault.key or "file" in vault.key:
        raise ConfigError(
            "vault.key names the present master key; write a new one there, the present one under vault.old, "
            "restart the gateways, and run this again"
        )
    path = home.path / "master.key.next"
    path.unlink(missing_ok=True)
    make_key(path)
    return key_from_file(path)


def _switch(ring: KeyRing, database: Database, ledger: ChainedLedger, by: str, target: bytes) -> None:
    def change(connection: sqlite3.Connection) -> None:
        old = ring.at(connection)
        ledger.append_now(
            {"event": "master-key-rotated", "from": key_id(old), "to": key_id(target), "by": by},
        )
        for name in SETTINGS:
            row = connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
            if row is not None:
                kept = unwrap(old, name, base64.b64decode(row["value"]))
                wrapped = base64.b64encode(wrap(target, name, kept)).decode()
                connection.execute("UPDATE settings SET value = ? WHERE name = ?", (wrapped, name))
        connection.execute("UPDATE settings SET value = ? WHERE name = 'master-key'", (key_digest(target),))

    database.write_now(change)


def _settle(home: Home, ring: KeyRing) -> None:
    """Bring the current key's file to its name, if it has yet another one. There is a file of that name always."""
    path = home.master_key
    for fresh in beside(home):
        if _id_of(fresh) != key_id(ring.current):
            continue
        try:
            if path.exists() and (old := _id_of(path)) != key_id(ring.current):
                with contextlib.suppress(FileExistsError):
                    os.link(path, path.with_name(f"{path.name}.old-{old}"))
                fresh.replace(path)
            else:
                fresh.unlink()
            sync_folder(path.parent)
        except OSError as error:
            raise HomeError(f"{path}: cannot be replaced by {fresh} ({error.strerror})") from None


def _rewrap(database: Database, ring: KeyRing, tell: Tell) -> tuple[int, list[str]]:
    """Until nothing is left but what opens under no key; how many, and the ids of those."""
    done, damaged, after = 0, list[str](), 0
    current, id_ = ring.current, key_id(ring.current)
    due = _behind(database, id_)
    tell(0, due)
    while rows := database.read(
        "SELECT seq, id, key_id, wrapped_key FROM records"
        " WHERE seq > ? AND wrapped_key IS NOT NULL AND key_id <> ? ORDER BY seq LIMIT ?",
        (after, id_, BATCH),
    ):
        after = rows[-1]["seq"]
        fresh = []
        for row in rows:
            try:
                key = ring.unwrap(row["key_id"], row["id"], row["wrapped_key"])
            except StateError:
                damaged.append(row["id"])
                continue
            fresh.append((wrap(current, row["id"], key), id_, row["seq"], row["wrapped_key"]))
        started = time.monotonic()
        database.write_now(partial(_replace, fresh))
        done += len(fresh)
        tell(done, due)
        time.sleep(time.monotonic() - started)  # the gateways' turn: they keep records meanwhile
    return done, damaged


def _replace(fresh: Sequence[tuple[bytes, str, int, bytes]], connection: sqlite3.Connection) -> None:
    # by the old wrapped key, too: what was purged meanwhile stays purged
    connection.executemany("UPDATE records SET wrapped_key = ?, key_id = ? WHERE seq = ? AND wrapped_key = ?", fresh)


def _behind(database: Database, id_: str) -> int:
    return int(
        database.read(
            "SELECT count(*) FROM records WHERE wrapped_key IS NOT NULL AND (key_id < ? OR key_id > ?)", (id_, id_)
        )[0][0]
    )


def _ids(database: Database) -> set[str]:
    """Of the master keys that wrap something. One step in the index for each."""
    found, after = set[str](), None
    while True:
        where = "key_id >= ''" if after is None else "key_id > ?"
        sql = f"SELECT min(key_id) FROM records WHERE wrapped_key IS NOT NULL AND {where}"  # noqa: S608 - constants
        after = database.read(sql, () if after is None else (after,))[0][0]
        if after is None:
            return found
        found.add(after)


def _id_of(path: Path) -> str:
    """ "" for what is no key any more: a crash stopped its destruction."""
    try:
        return key_id(key_from_file(path))
    except HomeError:
        if path.exists() and not path.read_bytes().strip(b"\0"):
            return ""
        raise
