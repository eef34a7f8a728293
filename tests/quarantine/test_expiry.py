import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from facegate.errors import ConfigError, StateError
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.reading import tail
from facegate.quarantine import expiry, records
from facegate.quarantine.destruction import Due, Swept
from facegate.quarantine.expiry import complaint, preview, purge
from facegate.quarantine.vault import SealedVault
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.model import QuarantineRecord, utc_now

Made = Callable[..., QuarantineRecord]


@pytest.fixture
async def kept(vault: SealedVault, a_record: Made) -> None:
    for n, (job, days) in enumerate((("crawl", 1), ("crawl", 1), ("other", 1), ("other", 9))):
        body = b"x" * (n + 1)
        await vault.keep(a_record(body, f"record-{n}", job=job, days=days), body)


def due() -> Due:
    return Due(utc_now() + timedelta(days=2))


async def test_a_purge_is_recorded_and_final(
    home: Home, database: Database, ledger: ChainedLedger, vault: SealedVault, kept: None
) -> None:
    told: list[int] = []
    done = await asyncio.to_thread(
        lambda: purge(database, ledger, vault, due(), user="os:root", reason="spring", tell=told.append)
    )
    assert (sorted(done.ids), done.bytes, done.swept, told) == (
        ["record-0", "record-1", "record-2"], 6, Swept(3), [3]
    )  # fmt: skip
    record, history = records.show(database, "record-1")
    assert (record.state, history[-1]["event"], history[-1]["note"]) == ("expired", "expired", "spring")
    lines = tail(home.ledger, 4)
    assert [line["event"] for line in lines] == ["record-purged"] * 3 + ["purge"]
    assert (lines[3]["records"], lines[3]["bytes"], lines[3]["user"]) == (3, 6, "os:root")
    with pytest.raises(ConfigError, match="expired"):
        vault.open("record-1")


async def test_beforehand_it_says_what_would_go(database: Database, kept: None) -> None:
    database.write_now(lambda c: c.execute("UPDATE records SET hold = 'case 7' WHERE id = 'record-2'").rowcount)
    plan = preview(database, due())
    assert {name: plan[name] for name in ("records", "bytes", "jobs", "held")} == {
        "records": 2, "bytes": 3, "jobs": {"crawl": 2}, "held": 1,
    }  # fmt: skip
    assert plan["oldest"] == database.read("SELECT min(at) FROM records")[0][0]
    assert preview(database, Due(utc_now(), older=utc_now()))["jobs"] == {"crawl": 2, "other": 1}
    assert preview(database, Due(utc_now()))["oldest"] is None
    assert len(database.read("SELECT * FROM records WHERE gone IS NULL")) == 4


async def test_without_the_ledger_nothing_goes(
    database: Database, ledger: ChainedLedger, vault: SealedVault, kept: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry, "LEDGER_SECONDS", 0.05)
    monkeypatch.setattr(ledger._file, "append", lambda lines: 1 / 0)
    with pytest.raises(StateError, match="the ledger cannot be written"):
        await asyncio.to_thread(purge, database, ledger, vault, due())
    assert database.read("SELECT * FROM records WHERE gone IS NOT NULL") == []


def test_what_is_left_to_do_is_one_line() -> None:
    assert complaint(Swept(3)) == ""
    assert complaint(Swept(1, {"a": "Read-only file system", "b": ""})).startswith(
        "2 files cannot be removed (Read-only file system: a.sealed); their keys are destroyed"
    )
    assert "write-ahead log is in use" in complaint(Swept(1, logged=True))
