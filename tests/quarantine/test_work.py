from collections.abc import Callable
from typing import Any

import pytest
from facegate.errors import NotFound
from facegate.quarantine.desk import RecordsDesk
from facegate.quarantine.work import Overtaken, Work, is_over, last_decision, revision_of
from facegate.state.database import Database
from facegate_addons.domain.model import utc_now

from tests.quarantine.conftest import EVE


@pytest.fixture(autouse=True)
async def one(crawl: str, withheld: Callable[..., Any]) -> None:
    await withheld("record-1")


def test_a_record_is_found_as_it_was_looked_at(database: Database, records_desk: RecordsDesk) -> None:
    def look(work: Work, **seen: Any) -> str:
        return str(work.record("record-1", **seen)["state"])

    assert records_desk.run(EVE, look) == "open"
    with pytest.raises(Overtaken, match="record record-1 is open; it is not what was looked at"):
        records_desk.run(EVE, lambda work: look(work, expected="confirmed"))
    with pytest.raises(Overtaken):
        records_desk.run(EVE, lambda work: look(work, seen=99))
    with pytest.raises(NotFound, match="quarantine list"):
        records_desk.run(EVE, lambda work: work.record("ghost"))


def test_each_event_is_a_revision_and_notes_are_no_decision(database: Database, records_desk: RecordsDesk) -> None:
    first = database.look(lambda connection: revision_of(connection, "record-1"))
    assert records_desk.note("record-1", EVE, "whose?").revision > first
    assert database.look(lambda connection: last_decision(connection, "record-1")) == ""
    records_desk.confirm("record-1", EVE)
    assert database.look(lambda connection: last_decision(connection, "record-1")).startswith("confirmed by eve at 20")


def test_what_is_held_is_not_over(database: Database) -> None:
    database.write_now(lambda c: c.execute("UPDATE records SET expires = '2020-01-01'").rowcount)
    assert is_over(database.read("SELECT * FROM records")[0], utc_now())
    database.write_now(lambda c: c.execute("UPDATE records SET hold = 'case 7'").rowcount)
    assert not is_over(database.read("SELECT * FROM records")[0], utc_now())
