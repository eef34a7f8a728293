from datetime import timedelta

import pytest
from console.withheld import keep_all, ledger_events
from facegate.config import Config
from facegate.console.access import Door
from facegate.console.review import Review, review_of
from facegate.console.sessions import Sessions
from facegate.console.site import Site
from facegate.errors import ConfigError, Conflict, NotFound, StateError
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.file import LedgerFile
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.model import utc_now

RITA = Actor("rita", "reviewer", "console")


@pytest.fixture
def site(config: Config, home: Home, database: Database, ledger: ChainedLedger) -> Site:
    return Site(config, home, database, ledger, Desk(database, ledger), Sessions(900, 9000), Door(database, ledger))


@pytest.fixture
async def review(site: Site, config: Config, home: Home, database: Database):
    await keep_all(config, home, database, [("record-1", b"pixels", {})])
    review = review_of(site)
    yield review
    await review.close()


async def test_a_site_has_one_and_closes_it(site: Site) -> None:
    assert review_of(site) is review_of(site)
    assert len(site.closing) == 1
    await site.closing[0]()


async def test_a_look_is_on_disk_before_its_pixels_are_made(review: Review, home: Home) -> None:
    number = review.note_look("record-1", RITA, "  is there a face?  ")
    (line,) = ledger_events(home, "record-revealed")
    assert (line["record"], line["user"], line["role"], line["via"], line["note"]) == (
        *("record-1", "rita", "reviewer", "console"),
        "is there a face?",
    )
    (row,) = review.site.database.read("SELECT * FROM history WHERE record = 'record-1' AND event = 'revealed'")
    assert (row["seq"], row["user"], row["note"]) == (number, "rita", "is there a face?")


async def test_a_look_needs_a_reason_and_something_to_look_at(review: Review, home: Home, database: Database) -> None:
    for why in ("", "  ", "ok"):
        with pytest.raises(ConfigError):
            review.note_look("record-1", RITA, why)
    with pytest.raises(NotFound):
        review.note_look("another", RITA, "a good reason")
    late = (utc_now() - timedelta(days=1)).isoformat()
    database.write_now(lambda c: c.execute("UPDATE records SET expires = ?", (late,)).rowcount)
    with pytest.raises(Conflict):
        review.note_look("record-1", RITA, "a good reason")
    assert review.readable("record-1") is None
    assert not ledger_events(home, "record-revealed")


async def test_what_cannot_be_written_down_does_not_happen(
    review: Review, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(LedgerFile, "append", full)
    with pytest.raises(StateError):
        review.note_look("record-1", RITA, "a good reason")
    assert not database.read("SELECT 1 FROM history WHERE event = 'revealed'")
    monkeypatch.undo()


async def test_bytes_are_read_for_what_is_there(review: Review, database: Database) -> None:
    record = review.readable("record-1")
    assert record is not None
    assert record.id == "record-1"
    assert review.vault.open("record-1") == b"pixels"
    database.write_now(lambda c: c.execute("UPDATE records SET wrapped_key = NULL, key_id = NULL, gone = at").rowcount)
    assert review.readable("record-1") is None
    with pytest.raises(NotFound):
        review.readable("another")
