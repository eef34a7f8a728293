import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from facegate.errors import StateError
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.reading import tail
from facegate.quarantine.delivery import ReleaseDesk
from facegate.quarantine.vault import SealedVault
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.model import QuarantineRecord, utc_now
from facegate_addons.domain.ports import Releases

BODY = b"a picture of a person"
URL = "https://News.example/photo.jpg?size=1"


@pytest.fixture(autouse=True)
async def kept(vault: SealedVault, a_record: Callable[..., QuarantineRecord]) -> None:
    await vault.keep(a_record(BODY), BODY)


@pytest.fixture
def gate_desk(database: Database, vault: SealedVault, ledger: ChainedLedger) -> ReleaseDesk:
    return ReleaseDesk(database, vault, ledger)


def grant(database: Database, state: str = "granted", job: str = "crawl") -> None:
    ended = "NULL" if state in ("waiting", "granted") else "'now'"
    sql = f"INSERT INTO releases VALUES (?, 'record-1', ?, 'why', 'eve', '', 'ada', '', ?, {ended}, '')"  # noqa: S608
    database.write_now(lambda c: c.execute(sql, (f"release-{job}-{state}", job, state)).rowcount)


async def test_a_granted_release_is_taken_once(
    home: Home, database: Database, gate_desk: ReleaseDesk, ledger: ChainedLedger
) -> None:
    gate: Releases = gate_desk
    grant(database)
    waiting = await gate.waiting("record-1", "crawl", URL)
    assert waiting is not None
    assert (waiting.body, waiting.codings, waiting.content_type) == (BODY, ("gzip",), "image/jpeg")
    assert len(waiting.findings) == 1
    assert "a picture" not in repr(waiting)
    assert sorted(await asyncio.gather(*(gate.take(waiting) for _ in range(20)))) == [False] * 19 + [True]
    assert await gate.waiting("record-1", "crawl", URL) is None
    (row,) = database.read("SELECT state, how, ended FROM releases")
    assert (row["state"], row["how"]) == ("delivered", "proxy")
    (event,) = database.read("SELECT job, note FROM history WHERE event = 'delivered'")
    assert (event["job"], event["note"]) == ("crawl", "proxy")
    assert ledger.flush(10)
    assert [line["job"] for line in tail(home.ledger, 9) if line["event"] == "record-delivered"] == ["crawl"]


@pytest.mark.parametrize("state", ["waiting", "delivered", "withdrawn"])
async def test_what_nobody_granted_or_is_over_is_not_there(
    database: Database, gate_desk: ReleaseDesk, state: str
) -> None:
    grant(database, state)
    assert await gate_desk.waiting("record-1", "crawl", URL) is None


@pytest.mark.parametrize(
    ("record", "job", "url"),
    [
        ("record-2", "crawl", URL),
        ("record-1", "other", URL),
        ("record-1", "crawl", "https://evil.example/"),
        ("record-1", "crawl", URL.lower()),
        ("' OR 1=1 --", "crawl", URL),
        ("\ud800", "crawl", "\udc00"),
        ("", "", ""),
    ],
)
async def test_it_is_for_one_job_where_it_met_the_record(
    database: Database, gate_desk: ReleaseDesk, record: str, job: str, url: str
) -> None:
    grant(database)
    assert await gate_desk.waiting(record, job, url) is None


async def test_a_body_that_is_gone_or_damaged_is_not_delivered(
    home: Home, database: Database, vault: SealedVault, gate_desk: ReleaseDesk
) -> None:
    grant(database)
    (file,) = home.vault.glob("*/*")
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    with pytest.raises(StateError, match="damaged"):
        await gate_desk.waiting("record-1", "crawl", URL)
    await asyncio.to_thread(vault.purge, utc_now() + timedelta(days=9))
    assert await gate_desk.waiting("record-1", "crawl", URL) is None
    (row,) = database.read("SELECT state FROM releases")
    assert row["state"] == "withdrawn"


async def test_nothing_goes_to_an_operator_whose_releases_are_stopped(
    database: Database, gate_desk: ReleaseDesk, crawl: str
) -> None:
    grant(database)
    waiting = await gate_desk.waiting("record-1", "crawl", URL)
    assert waiting is not None
    held = "INSERT INTO operators (key, held) SELECT operator_key, 'now' FROM jobs WHERE id = 'crawl'"
    database.write_now(lambda c: c.execute(held).rowcount)
    assert not await gate_desk.take(waiting)  # stopped in between
    assert await gate_desk.waiting("record-1", "crawl", URL) is None
    database.write_now(lambda c: c.execute("UPDATE operators SET held = NULL").rowcount)
    assert await gate_desk.take(waiting)
