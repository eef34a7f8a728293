import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from facegate.errors import ConfigError, NotFound
from facegate.jobs.desk import Desk
from facegate.quarantine import reading
from facegate.quarantine.desk import RecordsDesk
from facegate.state.database import Database
from facegate_addons.domain.job import Job

from tests.quarantine.conftest import ADA, EVE, RITA, ROOT

Withheld = Callable[..., Any]


@pytest.fixture(autouse=True)
async def one(crawl: str, withheld: Withheld) -> None:
    await withheld("record-1")


async def test_a_record_with_all_that_is_known_of_it(
    database: Database, records_desk: RecordsDesk, withheld: Withheld
) -> None:
    asked = await asyncio.to_thread(records_desk.ask_release, "record-1", EVE, "a statue")
    await asyncio.to_thread(records_desk.false_positive, "record-1", RITA, "a statue")
    shown = reading.show(database, "record-1")
    assert shown.findings == ({"box": [1, 2, 30, 40], "score": 0.9, "where": "frame 2"},)
    assert [event["event"] for event in shown.history] == ["withheld", "release-asked", "false-positive"]
    assert [it.id for it in shown.releases] == [asked.id]
    assert shown.correction is not None
    assert shown.correction.by == "rita"
    facts = shown.as_json()
    assert (facts["state"], facts["faces"], facts["revision"]) == ("false-positive", list(shown.findings), 3)
    assert facts["correction"]["why"] == "a statue"
    await asyncio.to_thread(records_desk.reopen, "record-1", ADA)
    assert reading.show(database, "record-1").as_json()["correction"] is None
    with pytest.raises(NotFound, match="quarantine list"):
        reading.show(database, "ghost")


async def test_every_sighting_a_page_at_a_time(database: Database, withheld: Withheld) -> None:
    for number in range(4):
        await withheld("seen-later", body=b"record-1", job=f"job-{number}", url=f"https://n.example/{number}")
    first = reading.sightings(database, "record-1", size=3)
    assert [it.job for it in first.rows] == ["job-3", "job-2", "job-1"]
    second = reading.sightings(database, "record-1", size=3, before=first.next)
    assert ([it.job for it in second.rows], second.next) == (["job-0", "crawl"], None)
    last = second.rows[0].as_json()
    assert (last["url"], last["request"]) == ("https://n.example/0", "request-of-seen-later")
    assert reading.jobs_of(database, "record-1", 3) == ["crawl", "job-0", "job-1"]
    with pytest.raises(NotFound):
        reading.sightings(database, "ghost")


def test_releases_by_state_and_job(database: Database, desk: Desk, records_desk: RecordsDesk) -> None:
    for number in range(3):
        desk.register(Job(f"job-{number}", "acme", "p"), ROOT)
        records_desk.ask_release("record-1", EVE, "a statue", job=f"job-{number}")
    records_desk.second_release("record-1", RITA, job="job-1")
    waiting, on = reading.releases(database, state="waiting", size=1)
    assert [it.job for it in waiting] == ["job-0"]
    waiting, on = reading.releases(database, state="waiting", size=1, after=on or "")
    assert ([it.job for it in waiting], on) == (["job-2"], None)
    assert [it.state for it in reading.releases(database, job="job-1")[0]] == ["granted"]
    with pytest.raises(ConfigError, match="waiting, granted"):
        reading.releases(database, state="lost")


async def test_corrections_in_force_or_not(database: Database, records_desk: RecordsDesk, withheld: Withheld) -> None:
    for name in ("record-1", "record-2", "record-3"):
        await withheld(name)
        await asyncio.to_thread(records_desk.false_positive, name, RITA, "a statue")
    await asyncio.to_thread(records_desk.revoke_correction, 2, ADA, "a person")
    assert [it.record for it in reading.corrections(database, in_force=True).rows] == ["record-3", "record-1"]
    assert [it.revoked_by for it in reading.corrections(database, in_force=False).rows] == ["ada"]
    first = reading.corrections(database, size=2)
    assert [it.seq for it in reading.corrections(database, size=2, before=first.next).rows] == [1]
