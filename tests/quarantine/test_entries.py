from collections.abc import Callable
from typing import Any

from facegate.quarantine import entries
from facegate.quarantine.desk import RecordsDesk
from facegate.state.database import Database

from tests.quarantine.conftest import EVE, RITA


async def test_they_say_what_the_rows_say(
    database: Database, records_desk: RecordsDesk, crawl: str, withheld: Callable[..., Any]
) -> None:
    await withheld("record-1")
    row = database.read(f"SELECT {entries.COLUMNS} FROM records r")[0]  # noqa: S608
    shown = entries.entry(row).as_json()
    assert (shown["id"], shown["codings"], shown["has_bytes"], shown["sightings"]) == ("record-1", ["gzip"], True, 1)
    assert {"seq", "wrapped_key", "findings"}.isdisjoint(shown)
    asked = records_desk.ask_release("record-1", EVE, "a statue")
    assert entries.release(database.read("SELECT * FROM releases")[0]) == asked
    assert asked.as_json()["asked_by"] == "eve"
    records_desk.false_positive("record-1", RITA, "a statue")
    found = entries.correction(database.read("SELECT * FROM corrections")[0])
    assert (found.codings, found.by, found.as_json()["codings"]) == (("gzip",), "rita", ["gzip"])
