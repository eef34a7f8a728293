import asyncio
import os
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from facegate.errors import Conflict, NotFound, StateError
from facegate.samples.store import SampleStore
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.model import Sample, utc_now

A = Callable[..., Sample]


def rows(database: Database) -> list[dict[str, Any]]:
    return [dict(row) for row in database.read("SELECT * FROM samples ORDER BY seq")]


def files(home: Home) -> list[str]:
    return sorted(path.name for path in home.samples.iterdir())


async def test_kept_encrypted_and_without_where_it_came_from(
    store: SampleStore, a_sample: A, home: Home, database: Database
) -> None:
    sample = a_sample(b"pixels of a picture")
    assert await store.keep(sample, b"pixels of a picture")
    (row,) = rows(database)
    assert (row["id"], row["job"], row["kind"], row["rate"], row["state"]) == ("a1", "crawl", "jpeg", 0.25, "open")
    assert not {"url", "host", "content_type"} & set(row)
    assert row["expires"] == (sample.at + timedelta(hours=72)).isoformat(timespec="microseconds")
    assert files(home) == ["a1.sealed"]
    database.checkpoint()
    for path in home.path.rglob("*"):
        assert path.is_dir() or b"pixels" not in path.read_bytes(), path
    assert (home.samples / "a1.sealed").stat().st_mode & 0o777 == 0o600
    assert store.open("a1") == b"pixels of a picture"


async def test_no_more_than_are_allowed(store: SampleStore, a_sample: A, home: Home, database: Database) -> None:
    kept = await asyncio.gather(*(store.keep(a_sample(b"%d" % n, f"n{n}"), b"%d" % n) for n in range(8)))
    assert sum(kept) == 3 == len(rows(database)) == len(files(home))
    assert not await store.keep(a_sample(b"x", "late"), b"x")


async def test_what_cannot_be_kept_leaves_nothing(
    store: SampleStore, a_sample: A, home: Home, database: Database
) -> None:
    with pytest.raises(StateError, match="not those of its digest"):
        await store.keep(a_sample(b"one"), b"other")
    assert await store.keep(a_sample(b"one"), b"one")
    with pytest.raises(FileExistsError):
        await store.keep(a_sample(b"one"), b"one")
    await database.write(lambda c: c.execute("ALTER TABLE samples RENAME TO aside").rowcount)
    with pytest.raises((StateError, sqlite3.Error)):
        await store.keep(a_sample(b"two", "a2"), b"two")
    await database.write(lambda c: c.execute("ALTER TABLE aside RENAME TO samples").rowcount)
    assert files(home) == ["a1.sealed"]
    assert store.open("a1") == b"one"


async def test_time_that_is_over_destroys_key_and_bytes(
    store: SampleStore, a_sample: A, home: Home, database: Database
) -> None:
    await store.keep(a_sample(b"old", "old", at=utc_now() - timedelta(days=4)), b"old")
    await store.keep(a_sample(b"new", "new"), b"new")
    orphan, fresh = home.samples / "orphan.sealed", home.samples / "fresh.sealed"
    for path in (orphan, fresh):
        path.write_bytes(b"noise")
    os.utime(orphan, (1, 1))
    assert store.purge(utc_now()) == ["old"]
    assert [(row["state"], row["wrapped_key"] is None) for row in rows(database)] == [
        ("expired", True),
        ("open", False),
    ]
    assert files(home) == ["fresh.sealed", "new.sealed"]
    with pytest.raises(Conflict, match="destroyed"):
        store.open("old")


async def test_damage_and_strangers_are_one_line(
    store: SampleStore, a_sample: A, home: Home, database: Database
) -> None:
    await store.keep(a_sample(b"body"), b"body")
    path = home.samples / "a1.sealed"
    whole = path.read_bytes()
    for damaged in (whole[:-1] + b"?", whole[:20], b""):
        path.write_bytes(damaged)
        with pytest.raises(StateError, match="is damaged"):
            store.open("a1")
    path.unlink()
    with pytest.raises(StateError, match="cannot be read"):
        store.open("a1")
    for name in ("../../facegate", "nobody", ""):
        with pytest.raises(NotFound):
            store.open(name)
    path.write_bytes(whole)
    with pytest.raises(StateError, match="key cannot be opened"):
        SampleStore(home, database, b"t" * 32, timedelta(hours=1), 9).open("a1")
