from collections.abc import Callable
from typing import Any

import pytest
from facegate.errors import NotFound
from facegate.quarantine import records
from facegate.quarantine.desk import RecordsDesk
from facegate.state.database import Database

from tests.quarantine.conftest import EVE


@pytest.fixture(autouse=True)
async def five(withheld: Callable[..., Any]) -> None:
    for number in range(5):
        await withheld(f"record-{number}", job="crawl" if number % 2 else "other")


def test_pages_newest_first(database: Database) -> None:
    page = records.list_records(database, limit=2)
    seen = [record["id"] for record in page.records]
    while page.next is not None:
        page = records.list_records(database, limit=2, before=page.next)
        seen += [record["id"] for record in page.records]
    assert seen == [f"record-{number}" for number in (4, 3, 2, 1, 0)]
    assert page.records[0]["host"] == "news.example"
    assert "wrapped_key" not in page.records[0]


def test_filters(database: Database, records_desk: RecordsDesk) -> None:
    records_desk.confirm("record-1", EVE)
    assert [r["id"] for r in records.list_records(database, job="crawl").records] == ["record-3", "record-1"]
    assert [r["id"] for r in records.list_records(database, state="confirmed").records] == ["record-1"]
    assert records.list_records(database, job="crawl' OR 1=1 --").records == []


def test_as_json_has_everything_but_pixels(database: Database) -> None:
    facts = records.as_json(*records.show(database, "record-1"))
    assert facts["faces"] == [{"box": [1, 2, 30, 40], "score": 0.9, "where": "frame 2"}]
    assert facts["codings"] == ["gzip"]
    assert facts["detail"] == "not redacted: of 32 bits"
    assert facts["history"][0]["note"] == "faces"
    with pytest.raises(NotFound, match="quarantine list"):
        records.show(database, "ghost")
