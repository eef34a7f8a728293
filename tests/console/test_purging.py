import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from console.withheld import keep_all, ledger_events
from facegate.config import Config
from facegate.console import purging as module
from facegate.console.access import Door
from facegate.console.purging import Purging, Run, purging_of
from facegate.console.review import review_of
from facegate.console.sessions import Sessions
from facegate.console.site import Site
from facegate.errors import Conflict, StateError
from facegate.jobs.desk import Desk
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.file import LedgerFile
from facegate.quarantine import destruction
from facegate.quarantine.blobs import FileBlobs
from facegate.quarantine.destruction import Due
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.model import utc_now

PATIENCE = 20.0


@pytest.fixture
async def purging(config: Config, home: Home, database: Database, ledger: ChainedLedger):
    over = {"expires": utc_now() - timedelta(hours=1)}
    await keep_all(config, home, database, [(f"record-{n}", b"%d" % n, over) for n in range(3)])
    site = Site(config, home, database, ledger, Desk(database, ledger), Sessions(900, 9000), Door(database, ledger))
    yield purging_of(site)
    for close in site.closing:
        await close()


@pytest.fixture
def run() -> Run:
    return Run("rita", "spring", Due(utc_now()), 3)


def pausing(monkeypatch: pytest.MonkeyPatch, after: int) -> tuple[threading.Event, threading.Event]:
    """Batches of one record; behind `after` of them it is reached, and waits to go on."""
    reached, on, rested = threading.Event(), threading.Event(), [0]

    def rest(_seconds: float) -> None:
        rested[0] += 1
        if rested[0] == after:
            reached.set()
            assert on.wait(PATIENCE)

    monkeypatch.setattr(destruction, "BATCH", 1)
    monkeypatch.setattr(destruction.time, "sleep", rest)
    return reached, on


def test_there_is_one_for_a_site(purging: Purging) -> None:
    site = purging._review.site
    assert purging_of(site) is purging
    assert site.closing == [purging.close, review_of(site).close]  # the vault is there until it ends


def test_who_and_why_is_told_and_what_came_of_it(purging: Purging, run: Run, home: Home) -> None:
    purging.start(run)
    assert purging.wait(PATIENCE)
    assert purging.last is run
    assert (run.done, run.told, run.over) == (3, "", True)
    assert {(line["user"], line["note"]) for line in ledger_events(home, "record-purged")} == {("rita", "spring")}
    (line,) = ledger_events(home, "purge")
    assert (line["records"], line["user"], line["note"]) == (3, "rita", "spring")
    assert list(home.vault.glob("*/*")) == []
    purging.start(again := replace(run, done=0, over=False))
    assert purging.wait(PATIENCE)
    assert again.done == 0


def test_one_at_a_time(purging: Purging, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    reached, on = pausing(monkeypatch, 2)
    purging.start(run)
    assert reached.wait(PATIENCE)
    assert (run.done, run.over, purging.wait(0.0)) == (2, False, False)
    with pytest.raises(Conflict, match="that rita asked for is under way"):
        purging.start(replace(run, by="ada"))
    on.set()
    assert purging.wait(PATIENCE)
    assert (run.done, run.over, run.by) == (3, True, "rita")


async def test_the_consoles_end_cuts_it_short_behind_a_batch(
    purging: Purging, run: Run, database: Database, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, on = pausing(monkeypatch, 1)
    purging.start(run)
    assert reached.wait(PATIENCE)
    closing = asyncio.create_task(purging.close())
    await asyncio.sleep(0)  # it has begun, and waits
    on.set()
    await closing
    assert (run.over, "cut short" in run.told) == (True, True)
    gone = database.read("SELECT id FROM records WHERE gone IS NOT NULL")
    assert len(gone) == run.done == 2
    assert {line["record"] for line in ledger_events(home, "record-purged")} == {row["id"] for row in gone}
    with pytest.raises(Conflict, match="the console ends"):
        purging.start(replace(run, over=False))


def no_ledger(_file: LedgerFile, *_: object) -> None:
    raise OSError("full")


def no_unlink(_blobs: FileBlobs, _name: str) -> None:
    raise PermissionError(13, "Permission denied")


def no_state(*_: object, **__: object) -> None:
    raise StateError("Redis does not answer")


@pytest.mark.parametrize(
    ("where", "name", "fails", "done", "told"),
    [
        (LedgerFile, "append", no_ledger, 0, "ledger cannot be written"),
        (FileBlobs, "remove", no_unlink, 3, "files cannot be removed (Permission denied"),
        (module, "purge", no_state, 0, "Redis does not answer"),
    ],
)
def test_what_fails_is_told(
    purging: Purging, run: Run, monkeypatch: pytest.MonkeyPatch, where: object, name: str,
    fails: Callable[..., None], done: int, told: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(where, name, fails)
    purging.start(run)
    assert purging.wait(PATIENCE)
    assert (run.over, run.done) == (True, done)
    assert told in run.told
