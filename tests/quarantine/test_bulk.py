import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from facegate.errors import ConfigError, NotAllowed
from facegate.ledger.reading import tail
from facegate.quarantine import bulk, counts, search
from facegate.quarantine.desk import RecordsDesk
from facegate.quarantine.filters import Filter
from facegate.state.database import Database
from facegate.state.home import Home

from tests.quarantine.conftest import ACME, EVE, OLAF, RITA
from tests.quarantine.listed import expected, keep, make
from tests.quarantine.test_desk import events

Withheld = Callable[..., Any]


@pytest.fixture(autouse=True)
async def three(crawl: str, withheld: Withheld) -> None:
    for number in range(3):
        await withheld(f"record-{number}", job="crawl" if number else "else")


def test_row_by_row(database: Database, home: Home, records_desk: RecordsDesk) -> None:
    records_desk.confirm("record-1", RITA)
    ids = ["record-0", "record-1", "ghost", "record-2", "record-0"]
    rows = bulk.decide(records_desk, "confirm", ids, EVE, "portraits", expected_state="open")
    assert [(it.id, it.done, it.state) for it in rows] == [
        *(("record-0", True, "confirmed"), ("record-1", False, "confirmed")),
        *(("ghost", False, ""), ("record-2", True, "confirmed")),
    ]
    assert "confirmed by rita at" in rows[1].why
    assert rows[2].as_json()["why"].startswith("no record 'ghost'")
    assert events(database, "record-2") == [("confirmed", "eve", "portraits", "")]
    assert events(database, "record-1") == [("confirmed", "rita", "", "")]
    told = [line for line in tail(home.ledger, 9) if line["event"] == "record-confirmed"]
    assert [line["record"] for line in told] == ["record-1", "record-0", "record-2"]


def test_each_verb(database: Database, records_desk: RecordsDesk) -> None:
    ids = ["record-0", "record-1"]
    rows = bulk.decide(records_desk, "false-positive", ids, ACME, "statues")
    assert [it.done for it in rows] == [True, False]  # whose job saw the second one
    assert [it.done for it in bulk.decide(records_desk, "reopen", ids, EVE, "no statues")] == [True, False]
    rows = bulk.decide(records_desk, "release", ids, EVE, "statues", job="crawl")
    assert [it.state for it in rows] == ["waiting", "waiting"]
    assert counts.counts(database).open == 3


def test_bounded_and_with_a_reason(records_desk: RecordsDesk) -> None:
    for ids in ([], [str(number) for number in range(bulk.MOST + 1)]):
        with pytest.raises(ConfigError, match="from 1 to 1000"):
            bulk.decide(records_desk, "confirm", ids, EVE, "portraits")
    with pytest.raises(ConfigError, match="has to say why"):
        bulk.decide(records_desk, "confirm", ["record-0", "record-1"], EVE)
    with pytest.raises(NotAllowed, match="olaf is operator"):
        bulk.decide(records_desk, "confirm", ["record-0"], OLAF)
    assert bulk.decide(records_desk, "confirm", ["record-0"], EVE)[0].done


async def test_what_is_decided_on_is_what_was_found(
    database: Database, records_desk: RecordsDesk, withheld: Withheld, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = bulk.snapshot(database, Filter(job="crawl", state="open"))
    assert found == ["record-2", "record-1"]
    await withheld("record-9")  # it came since
    rows = await asyncio.to_thread(bulk.decide, records_desk, "confirm", found, EVE, "portraits")
    assert [it.id for it in rows] == found
    assert counts.counts(database).open == 2


def test_a_snapshot_goes_on_where_a_walk_ended(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [it for it in make(90) if it.seq > 3]
    keep(database, made)
    monkeypatch.setattr(search, "WALKED", 10)
    monkeypatch.setattr("facegate.quarantine.plans.NARROW", 0)
    looked_for = Filter(min_faces=2, state="expired")
    assert bulk.snapshot(database, looked_for) == expected(made, looked_for, "newest")
    monkeypatch.setattr(bulk, "MOST", 4)
    assert bulk.snapshot(database, looked_for) == expected(made, looked_for, "newest")[:4]
