import asyncio
import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from facegate.config import load
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.reading import tail
from facegate.quarantine.keys import master_key
from facegate.quarantine.vault import SealedVault
from facegate.samples.store import SampleStore
from facegate.serve.purge import purging, purging_orphans, purging_samples
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.model import QuarantineRecord, Sample, utc_now
from facegate_addons.domain.reasons import Reason


@dataclass
class State:
    home: Home
    database: Database
    ledger: ChainedLedger
    vault: SealedVault

    async def keep(self, name: str, expires: timedelta) -> None:
        record = QuarantineRecord(
            name, "crawl", "https://news.example/", hashlib.sha256(name.encode()).hexdigest(), 1, "image/jpeg",
            Reason.FACES, utc_now() - timedelta(days=1), utc_now() + expires, {},
        )  # fmt: skip
        await self.vault.keep(record, name.encode())

    def kept(self) -> list[str]:
        return sorted(path.stem for path in self.home.vault.glob("*/*"))

    async def rename(self, old: str, new: str) -> None:
        await self.database.write(lambda c: c.execute(f"ALTER TABLE {old} RENAME TO {new}").rowcount)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    config = load(home=str(tmp_path / "home"))
    home = Home.prepare(config)
    with (
        Database.open(home.database) as database,
        SealedVault(home, database, master_key(home, config.vault, database), config.vault.keep_for) as vault,
        ChainedLedger(home.ledger, "gateway-0") as ledger,
    ):
        yield State(home, database, ledger, vault)


async def until(check: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not check():  # noqa: ASYNC110 - the work is another thread's
            await asyncio.sleep(0.005)


async def cancelled(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_what_has_expired_goes_at_the_start_and_later(state: State) -> None:
    await state.keep("record-old", timedelta(hours=-1))
    await state.keep("record-new", timedelta(days=1))
    purge = asyncio.create_task(purging(state.database, state.ledger, state.vault, period=0.01))
    await until(lambda: state.kept() == ["record-new"])
    await state.keep("record-late", timedelta(hours=-1))
    await until(lambda: state.kept() == ["record-new"])
    await cancelled(purge)
    lines = [line for line in tail(state.home.ledger, 1000) if "purge" in line["event"]]
    assert [line["record"] for line in lines if line["event"] == "record-purged"] == ["record-old", "record-late"]
    assert (lines[1]["event"], lines[1]["records"]) == ("purge", 1)


async def test_one_that_fails_is_not_the_last(state: State, caplog: pytest.LogCaptureFixture) -> None:
    await state.keep("record-old", timedelta(hours=-1))
    await state.rename("records", "aside")
    with caplog.at_level(logging.ERROR):
        purge = asyncio.create_task(purging(state.database, state.ledger, state.vault, period=0.01))
        await until(lambda: "purge: " in caplog.text)
    await state.rename("aside", "records")
    await until(lambda: state.kept() == [])
    await cancelled(purge)


async def test_samples_go_by_a_clock_of_their_own(state: State) -> None:
    store = SampleStore(state.home, state.database, b"s" * 32, timedelta(hours=72), 9)
    digest = hashlib.sha256(b"x").hexdigest()
    old = Sample("old", "crawl", digest, (), 1, "jpeg", 0.1, utc_now() - timedelta(days=4), {})
    assert await store.keep(old, b"x")
    purge = asyncio.create_task(purging_samples(state.ledger, store, period=0.01))
    await until(lambda: not list(state.home.samples.iterdir()))
    await cancelled(purge)
    assert [line["samples"] for line in tail(state.home.ledger, 10) if line["event"] == "samples-purged"] == [1]


async def test_files_without_a_record_go_and_the_log_says_how_many(
    state: State, caplog: pytest.LogCaptureFixture
) -> None:
    await state.keep("record-new", timedelta(days=1))
    (path,) = state.home.vault.glob("*/*")
    path.with_name("orphan-1.sealed").write_bytes(b"left by a crash")
    purge = asyncio.create_task(purging_orphans(state.vault, period=0.01))
    await until(lambda: state.kept() == ["record-new"])
    await until(lambda: bool(caplog.messages))
    await cancelled(purge)
    assert caplog.messages == ["orphans: removed 1 that a killed process left in the vault"]
