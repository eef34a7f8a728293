import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from facegate.errors import ConfigError, Conflict, NotAllowed, NotFound, StateError
from facegate.ledger.reading import tail
from facegate.quarantine.desk import RecordsDesk
from facegate.quarantine.vault import SealedVault
from facegate.quarantine.work import Overtaken
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.model import Finding, utc_now
from facegate_addons.domain.reasons import Reason

from tests.quarantine.conftest import ACME, ADA, EVE, OLAF, RITA, ROOT

Withheld = Callable[..., Any]


@pytest.fixture(autouse=True)
async def one(crawl: str, withheld: Withheld) -> None:
    await withheld("record-1")


def state(database: Database, record: str = "record-1") -> str:
    return str(database.read("SELECT state FROM records WHERE id = ?", (record,))[0][0])


def events(database: Database, record: str = "record-1") -> list[tuple[str, str, str, str]]:
    rows = database.read("SELECT event, user, note, job FROM history WHERE record = ? ORDER BY seq", (record,))
    return [tuple(row) for row in rows][1:]


def corrections(database: Database) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in database.read("SELECT record, by, why, revoked_by FROM corrections ORDER BY seq")]


def test_confirmed_is_told_in_ledger_and_history(database: Database, home: Home, records_desk: RecordsDesk) -> None:
    done = records_desk.confirm("record-1", RITA, "a portrait")
    assert (done.id, done.state, done.was) == ("record-1", "confirmed", "open")
    assert events(database) == [("confirmed", "rita", "a portrait", "")]
    line, told = tail(home.ledger, 1)[0], {"user": "rita", "role": "reviewer", "via": "console", "note": "a portrait"}
    assert told.items() <= line.items()
    assert (line["event"], line["record"], line["job"]) == ("record-confirmed", "record-1", "crawl")
    with pytest.raises(Conflict, match=r"is confirmed, confirmed by rita at 20.*; reopen it first"):
        records_desk.confirm("record-1", EVE)
    assert len(events(database)) == 1


def test_who_decides_and_on_what(database: Database, records_desk: RecordsDesk) -> None:
    for decide in (
        lambda: records_desk.confirm("record-1", OLAF),
        lambda: records_desk.false_positive("record-1", OLAF, "a statue"),
        lambda: records_desk.reopen("record-1", OLAF),
        lambda: records_desk.note("record-1", OLAF, "hello"),
        lambda: records_desk.revoke_correction(1, OLAF, "no statue"),
    ):
        with pytest.raises(NotAllowed, match="olaf is operator"):
            decide()
    with pytest.raises(NotFound, match="quarantine list"):
        records_desk.confirm("ghost", EVE)
    with pytest.raises(ConfigError, match="has to say why"):
        records_desk.false_positive("record-1", EVE, " x ")
    with pytest.raises(ConfigError, match="at most 2000"):
        records_desk.note("record-1", EVE, "x" * 2001)
    assert (state(database), events(database)) == ("open", [])


def test_a_false_positive_is_a_correction_that_is_revoked(
    database: Database, home: Home, records_desk: RecordsDesk
) -> None:
    assert records_desk.false_positive("record-1", EVE, "a statue").state == "false-positive"
    assert corrections(database) == [("record-1", "eve", "a statue", None)]
    changes = database.read("SELECT count(*) FROM correction_changes")[0][0]
    assert records_desk.revoke_correction(1, ADA, "no statue at all").state == "open"
    assert corrections(database) == [("record-1", "eve", "a statue", "ada")]
    assert database.read("SELECT count(*) FROM correction_changes")[0][0] == changes + 1  # gateways see it
    assert events(database)[-1] == ("reopened", "ada", "no statue at all", "")
    assert tail(home.ledger, 1)[0]["correction"] == 1
    with pytest.raises(Conflict, match="is revoked since"):
        records_desk.revoke_correction(1, ADA, "once more")
    with pytest.raises(NotFound, match="no correction 9"):
        records_desk.revoke_correction(9, ADA, "no such")
    records_desk.false_positive("record-1", EVE, "a statue after all")
    assert records_desk.reopen("record-1", EVE).state == "open"
    assert [row[3] for row in corrections(database)] == ["ada", "eve"]


async def test_nobody_calls_their_own_jobs_record_a_false_positive(
    database: Database, records_desk: RecordsDesk, withheld: Withheld
) -> None:
    decide = records_desk.false_positive
    with pytest.raises(NotAllowed, match="acme runs job 'crawl'"):
        await asyncio.to_thread(decide, "record-1", ACME, "a statue")
    with pytest.raises(NotAllowed, match="no added user"):  # somebody who can be asked opens the gate
        await asyncio.to_thread(decide, "record-1", ROOT, "a statue")
    # the first sighting is another's, a later one their own
    await withheld("record-2", job="elsewhere")
    await withheld("record-3", body=b"record-2", job="crawl")
    with pytest.raises(NotAllowed, match="acme runs"):
        await asyncio.to_thread(decide, "record-2", ACME, "a statue")
    await withheld("record-4", job="untargeted")
    local = type(ACME)("Local", "admin")
    with pytest.raises(NotAllowed, match="runs job 'untargeted'"):
        await asyncio.to_thread(decide, "record-4", local, "a statue")
    assert corrections(database) == []


@pytest.mark.parametrize(
    "found",
    [
        {"findings": (Finding((1, 2, 3, 4), 0.9, "header 2 data: 1"),)},
        {"findings": (), "reason": Reason.OPAQUE_TEXT, "detail": "header"},
    ],
    ids=["face", "unreadable"],
)
async def test_what_stands_in_a_header_is_no_false_positive_of_the_body(
    database: Database, records_desk: RecordsDesk, withheld: Withheld, found: dict[str, Any]
) -> None:
    await withheld("record-2", **found)
    with pytest.raises(Conflict, match="in a header"):
        await asyncio.to_thread(records_desk.false_positive, "record-2", EVE, "a statue")
    assert corrections(database) == []


async def test_what_cannot_be_looked_at_may_be_corrected(
    database: Database, records_desk: RecordsDesk, withheld: Withheld
) -> None:
    await withheld("record-2", findings=(), reason=Reason.ENCRYPTED)
    await asyncio.to_thread(records_desk.false_positive, "record-2", EVE, "opened by hand")
    assert len(corrections(database)) == 1


async def test_one_correction_stands_for_all_records_of_its_body(
    database: Database, vault: SealedVault, records_desk: RecordsDesk, withheld: Withheld
) -> None:
    """A gateway that had not heard of it yet makes another record when the first one is gone."""
    await asyncio.to_thread(records_desk.false_positive, "record-1", EVE, "a statue")
    await asyncio.to_thread(vault.purge, utc_now() + timedelta(days=9))
    await withheld("record-2", body=b"record-1")
    await asyncio.to_thread(records_desk.false_positive, "record-2", RITA, "a statue, again")
    assert len(corrections(database)) == 1
    await asyncio.to_thread(records_desk.reopen, "record-2", RITA, "not at all")
    assert corrections(database)[0][3] == "rita"
    assert (state(database), state(database, "record-2")) == ("expired", "open")  # whose bytes are gone is not open


def test_two_at_once(database: Database, records_desk: RecordsDesk) -> None:
    """Both looked at an open record: one is told what the other one did."""
    barrier = threading.Barrier(2)

    def decide(by: Any) -> str:
        barrier.wait()
        try:
            if by is EVE:
                return records_desk.confirm("record-1", by, expected_state="open").state
            return records_desk.false_positive("record-1", by, "a statue", expected_state="open").state
        except Overtaken as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(decide, (EVE, RITA)), key=len)
    assert said[0] == state(database)
    assert "look again" in said[1]
    assert ("by eve at" in said[1]) is (said[0] == "confirmed")
    assert len(events(database)) == 1


def test_what_was_looked_at_may_be_told_by_its_last_event(records_desk: RecordsDesk) -> None:
    seen = records_desk.note("record-1", EVE, "whose picture?").revision
    records_desk.confirm("record-1", EVE, seen=seen)
    with pytest.raises(Overtaken, match="confirmed by eve"):
        records_desk.reopen("record-1", RITA, seen=seen)


def test_undone_with_what_stands_behind_it(database: Database, records_desk: RecordsDesk) -> None:
    records_desk.confirm("record-1", EVE)
    assert records_desk.reopen("record-1", RITA, "too quick").was == "confirmed"
    records_desk.ask_release("record-1", EVE, "a statue")
    records_desk.second_release("record-1", RITA)
    assert state(database) == "released"
    assert records_desk.reopen("record-1", ADA, "wait").state == "open"
    assert database.read("SELECT state, how FROM releases")[0][:] == ("withdrawn", "by ada: wait")
    with pytest.raises(Conflict, match="nothing to undo"):
        records_desk.reopen("record-1", ADA)


def test_nobody_looks_without_a_trace(
    database: Database, home: Home, vault: SealedVault, records_desk: RecordsDesk
) -> None:
    with pytest.raises(NotAllowed, match="olaf is operator"):
        records_desk.export(vault, "record-1", OLAF, "curious")
    with pytest.raises(ConfigError, match="say why"):
        records_desk.export(vault, "record-1", EVE, "")
    assert records_desk.export(vault, "record-1", EVE, "court order") == b"record-1"
    assert events(database) == [("exported", "eve", "court order", "")]
    line = tail(home.ledger, 1)[0]
    assert (line["event"], line["user"], line["note"]) == ("record-exported", "eve", "court order")
    database.write_now(lambda c: c.execute("UPDATE records SET expires = '2020-01-01'").rowcount)
    with pytest.raises(Conflict, match="has expired"):
        records_desk.export(vault, "record-1", EVE, "court order")


def test_without_its_ledger_line_nothing_is_decided(
    database: Database, records_desk: RecordsDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records_desk.ledger._file, "append", lambda lines: 1 / 0)  # the disk is full
    monkeypatch.setattr("facegate.quarantine.desk.FLUSH_SECONDS", 0.2)
    with pytest.raises(StateError, match="nothing was changed"):
        records_desk.confirm("record-1", EVE)
    assert (state(database), events(database)) == ("open", [])
