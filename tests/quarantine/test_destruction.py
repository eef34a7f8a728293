import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from facegate.quarantine import destruction
from facegate.quarantine.destruction import Due, destroy_due, sweep
from facegate.quarantine.vault import SealedVault
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.model import QuarantineRecord, utc_now

Made = Callable[..., QuarantineRecord]
LATER = timedelta(days=2)


async def kept(vault: SealedVault, a_record: Made, count: int, *, days: float = 1, job: str = "crawl") -> None:
    for n in range(count):
        name = f"{job}-no-{n}"
        await vault.keep(a_record(name.encode(), name, job=job, days=days), name.encode())


def ids(database: Database, due: Due) -> list[list[str]]:
    return [[row["id"] for row in batch] for batch in destroy_due(database, due)]


def left(database: Database) -> list[str]:
    return [row["id"] for row in database.read("SELECT id FROM records WHERE gone IS NULL ORDER BY id")]


async def test_it_goes_in_batches_and_the_writer_is_free_between_them(
    database: Database, vault: SealedVault, a_record: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(destruction, "BATCH", 3)
    await kept(vault, a_record, 8)
    batches = destroy_due(database, Due(utc_now() + LATER))
    assert len(await asyncio.to_thread(next, batches)) == 3
    assert len(left(database)) == 5
    await vault.keep(a_record(b"new", "record-new", days=9), b"new")
    assert [len(batch) for batch in await asyncio.to_thread(list, batches)] == [3, 2]
    assert left(database) == ["record-new"]


async def test_of_one_job_or_older_than(
    database: Database, vault: SealedVault, a_record: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(destruction, "BATCH", 1)
    await kept(vault, a_record, 2)
    await kept(vault, a_record, 2, job="other", days=9)
    await vault.keep(a_record(b"crawl-no-0", "record-x", job="other"), b"crawl-no-0")  # both have seen it
    now = utc_now()
    assert ids(database, Due(now, older=now - LATER)) == []
    assert ids(database, Due(now, job="other", older=now)) == [["crawl-no-0"], ["other-no-0"], ["other-no-1"]]
    assert ids(database, Due(now + LATER, job="other")) == []
    assert ids(database, Due(now + LATER, job="crawl")) == [["crawl-no-1"]]


async def test_what_is_held_stays(database: Database, vault: SealedVault, a_record: Made) -> None:
    await kept(vault, a_record, 2)
    database.write_now(lambda c: c.execute("UPDATE records SET hold = 'case 7' WHERE id = 'crawl-no-0'").rowcount)
    assert ids(database, Due(utc_now() + LATER, older=utc_now())) == [["crawl-no-1"]]
    assert vault.open("crawl-no-0") == b"crawl-no-0"


async def test_who_objects_beforehand_stops_it(database: Database, vault: SealedVault, a_record: Made) -> None:
    await kept(vault, a_record, 2)

    def objects(_rows: object) -> None:
        raise RuntimeError("the ledger is full")

    with pytest.raises(RuntimeError):
        list(destroy_due(database, Due(utc_now() + LATER), before=objects))
    assert left(database) == ["crawl-no-0", "crawl-no-1"]
    assert database.read("SELECT * FROM destroyed") == []


async def test_a_release_that_waits_for_bytes_that_go_is_over(
    database: Database, vault: SealedVault, a_record: Made
) -> None:
    await kept(vault, a_record, 1)
    sql = "INSERT INTO releases (id, record, job, why, asked_by, asked, state) VALUES ('r', 'crawl-no-0', 'crawl', '', 'eve', '', 'granted')"  # noqa: E501
    database.write_now(lambda c: c.execute(sql).rowcount)
    ids(database, Due(utc_now() + LATER))
    ((state, ended, how),) = database.read("SELECT state, ended, how FROM releases")
    assert (state, bool(ended), how) == ("withdrawn", True, "the record is expired")


async def test_a_file_that_cannot_be_removed_is_told_of_and_tried_again(
    home: Home, database: Database, vault: SealedVault, a_record: Made
) -> None:
    await kept(vault, a_record, 3)
    stubborn = next(home.vault.glob("*/crawl-no-1.sealed"))
    stubborn.unlink()
    stubborn.mkdir()  # unlink refuses it, for root, too
    ids(database, Due(utc_now() + LATER))
    swept = vault.sweep()
    assert (swept.removed, list(swept.failed), swept.logged) == (2, ["crawl-no-1"], False)
    assert swept.failed["crawl-no-1"] in ("Is a directory", "Operation not permitted")
    assert list(vault.sweep().failed) == ["crawl-no-1"]
    stubborn.rmdir()
    stubborn.write_bytes(b"noise by now")
    assert vault.sweep().removed == 1
    assert (vault.sweep().removed, vault.sweep().failed) == (0, {})
    assert not stubborn.exists()


async def test_a_crash_between_key_and_file_is_made_good(
    home: Home, database: Database, vault: SealedVault, a_record: Made
) -> None:
    await kept(vault, a_record, 2)
    ids(database, Due(utc_now() + LATER))
    assert len(list(home.vault.glob("*/*"))) == 2  # here it died
    assert await asyncio.to_thread(vault.purge, utc_now()) == []
    assert list(home.vault.glob("*/*")) == []
    assert database.read("SELECT * FROM destroyed") == []


def test_a_reader_in_the_way_of_the_log_is_told(home: Home, database: Database) -> None:
    database.write_now(lambda c: c.execute("INSERT INTO destroyed VALUES ('record-1', '')").rowcount)
    database.checkpoint = lambda: False  # type: ignore[method-assign]
    assert sweep(database, lambda id_: Path(home.vault / id_).unlink()).logged
    del database.checkpoint
    assert len(database.read("SELECT * FROM destroyed")) == 1
    assert not sweep(database, lambda id_: Path(home.vault / id_).unlink()).logged
    assert database.read("SELECT * FROM destroyed") == []


def test_what_is_due_is_found_by_its_index(database: Database) -> None:
    sql, values, _ = destruction._query(Due(utc_now()))
    (plan,) = database.read(f"EXPLAIN QUERY PLAN {sql}", (*values, 1))
    assert "USING INDEX records_expires (expires<?)" in plan["detail"]
