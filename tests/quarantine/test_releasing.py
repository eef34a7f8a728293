import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from facegate.errors import ConfigError, Conflict, NotAllowed, NotFound
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.ledger.reading import tail
from facegate.quarantine.desk import RecordsDesk
from facegate.quarantine.releasing import asked_for
from facegate.quarantine.vault import SealedVault
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.job import Job
from facegate_addons.domain.model import utc_now

from tests.quarantine.conftest import ACME, ADA, EVE, OLAF, RITA, ROOT
from tests.quarantine.test_desk import events, state

Withheld = Callable[..., Any]


@pytest.fixture(autouse=True)
async def one(crawl: str, withheld: Withheld) -> None:
    await withheld("record-1")


def test_to_an_untargeted_job_it_takes_two(database: Database, home: Home, records_desk: RecordsDesk) -> None:
    asked = records_desk.ask_release("record-1", ROOT, "a statue")
    assert (asked.state, asked.job, state(database)) == ("waiting", "crawl", "open")
    for by, message in (
        (OLAF, "olaf is operator"),
        (ACME, "acme runs job 'crawl'"),
        (Actor("root", "admin"), "root asked for this release"),
        (ROOT, "no added user"),
    ):
        with pytest.raises(NotAllowed, match=message):
            records_desk.second_release("record-1", by)
    granted = records_desk.second_release("record-1", RITA)
    assert (granted.state, granted.seconded_by, state(database)) == ("granted", "rita", "released")
    assert events(database) == [
        ("release-asked", "os:root", "a statue", "crawl"),
        ("released", "rita", "a statue", "crawl"),
    ]
    line = tail(home.ledger, 1)[0]
    assert (line["event"], line["to_job"], line["release"], line["asked_by"]) == (
        *("record-released", "crawl", asked.id, "os:root"),
    )
    with pytest.raises(Conflict, match="no release that is waiting"):
        records_desk.second_release("record-1", ADA)
    with pytest.raises(Conflict, match="is granted; it does not wait"):
        records_desk.second_release(granted.id, ADA)


async def test_one_reviewer_is_enough_inside_an_approved_scope(
    database: Database, records_desk: RecordsDesk, case: str, withheld: Withheld
) -> None:
    await withheld("record-again", body=b"record-1", job="case", inside=True)
    assert records_desk.ask_release("record-1", ROOT, "the person", job="case").state == "waiting"  # nobody known
    records_desk.withdraw_release("record-1", EVE)
    assert state(database) == "open"
    with pytest.raises(NotAllowed, match="acme runs job 'case'"):
        records_desk.ask_release("record-1", ACME, "the person", job="case")
    assert records_desk.ask_release("record-1", EVE, "the person", job="case").state == "granted"
    assert state(database) == "released"
    assert [event[0] for event in events(database)] == ["release-asked", "release-withdrawn", "released"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE jobs SET state = 'exhausted' WHERE id = 'case'",
        "UPDATE sightings SET url = 'https://else.example/'",
        "UPDATE sightings SET inside = 0",  # it asked for the origin by another name
        "UPDATE sightings SET job = 'crawl'",
    ],
    ids=["budget", "elsewhere", "outside", "another"],
)
async def test_outside_what_was_approved_it_takes_two(
    database: Database, records_desk: RecordsDesk, case: str, change: str, withheld: Withheld
) -> None:
    await withheld("record-again", body=b"record-1", job="case", inside=True)
    database.write_now(lambda c: c.execute(change).rowcount)
    database.write_now(lambda c: c.execute("UPDATE records SET url = 'https://else.example/'").rowcount)
    assert records_desk.ask_release("record-1", EVE, "the person", job="case").state == "waiting"
    assert records_desk.second_release("record-1", RITA, "seen it, too").state == "granted"


async def test_any_sighting_inside_the_scope_counts(records_desk: RecordsDesk, case: str, withheld: Withheld) -> None:
    await withheld("record-2", url="https://else.example/a.jpg")
    assert (
        await asyncio.to_thread(records_desk.ask_release, "record-2", EVE, "the one", job="case")
    ).state == "waiting"
    await asyncio.to_thread(records_desk.withdraw_release, "record-2", EVE)
    await withheld("record-3", body=b"record-2", job="case", inside=True, url="https://news.example/a.jpg")
    assert (
        await asyncio.to_thread(records_desk.ask_release, "record-2", EVE, "the one", job="case")
    ).state == "granted"


def test_where_nothing_is_released_to(database: Database, desk: Desk, records_desk: RecordsDesk, case: str) -> None:
    with pytest.raises(NotFound, match="no job 'ghost'"):
        records_desk.ask_release("record-1", EVE, "a statue", job="ghost")
    with pytest.raises(ConfigError, match="has to say why"):
        records_desk.ask_release("record-1", EVE, "")
    database.write_now(lambda c: c.execute("INSERT OR REPLACE INTO operators (key, held) VALUES ('acme', '2026')"))
    with pytest.raises(Conflict, match="are stopped since 2026"):
        records_desk.ask_release("record-1", EVE, "the person", job="case")
    database.write_now(lambda c: c.execute("UPDATE operators SET held = NULL"))
    records_desk.ask_release("record-1", EVE, "a statue")
    desk.revoke("crawl", ROOT)
    with pytest.raises(Conflict, match="job 'crawl' is revoked"):
        records_desk.second_release("record-1", RITA)
    assert state(database) == "open"


def test_one_at_a_time_to_a_job_several_to_several(database: Database, desk: Desk, records_desk: RecordsDesk) -> None:
    records_desk.ask_release("record-1", EVE, "a statue")
    with pytest.raises(Conflict, match="to 'crawl' is waiting already, asked for by eve"):
        records_desk.ask_release("record-1", RITA, "a statue")
    desk.register(Job("other", "acme", "p"), ROOT)
    records_desk.ask_release("record-1", EVE, "a statue", job="other")
    with pytest.raises(Conflict, match="2 of them, to crawl, other; say to which job"):
        records_desk.second_release("record-1", RITA)
    records_desk.second_release("record-1", RITA, job="other")
    records_desk.second_release("record-1", RITA, job="crawl")
    records_desk.withdraw_release("record-1", RITA, job="other")
    assert state(database) == "released"  # to crawl
    records_desk.withdraw_release("record-1", RITA, "not so quick")
    assert state(database) == "open"
    with pytest.raises(Conflict, match="no release that is waiting or granted"):
        records_desk.withdraw_release("record-1", RITA)


def test_delivered_by_export_once(database: Database, vault: SealedVault, records_desk: RecordsDesk) -> None:
    asked = records_desk.ask_release("record-1", EVE, "a statue")
    with pytest.raises(Conflict, match="is waiting"):
        records_desk.deliver_by_export(vault, asked.id, EVE)
    records_desk.second_release(asked.id, RITA)

    def deliver(by: Actor) -> bytes | str:
        try:
            return records_desk.deliver_by_export(vault, asked.id, by)
        except Conflict as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(deliver, (EVE, RITA)))
    assert said.count(b"record-1") == 1
    assert "is delivered since" in str(next(it for it in said if it != b"record-1"))
    assert tuple(database.read("SELECT state, how FROM releases")[0]) == ("delivered", "export")
    assert [event[0] for event in events(database)][-1] == "delivered"
    with pytest.raises(Conflict, match="was delivered; that cannot be undone"):
        records_desk.reopen("record-1", ADA)
    with pytest.raises(Conflict, match="is delivered; it cannot be withdrawn"):
        records_desk.withdraw_release(asked.id, ADA)
    with pytest.raises(NotFound, match="no release"):
        records_desk.deliver_by_export(vault, "ghost", EVE)
    assert records_desk.ask_release("record-1", EVE, "a statue, again").state == "waiting"


def test_a_false_positive_needs_no_release(database: Database, records_desk: RecordsDesk) -> None:
    records_desk.ask_release("record-1", EVE, "a statue")
    records_desk.false_positive("record-1", RITA, "a statue")
    assert database.read("SELECT state FROM releases")[0][0] == "withdrawn"


def test_what_expired_meanwhile_is_not_released(
    database: Database, vault: SealedVault, records_desk: RecordsDesk
) -> None:
    asked = records_desk.ask_release("record-1", EVE, "a statue")
    database.write_now(lambda c: c.execute("UPDATE records SET expires = '2020-01-01'").rowcount)
    with pytest.raises(Conflict, match="has expired"):
        records_desk.second_release(asked.id, RITA)
    vault.purge(utc_now() + timedelta(days=5))
    with pytest.raises(Conflict, match="nothing is decided"):
        records_desk.ask_release("record-1", EVE, "late")


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://News.example/a%20b?q=1#top", ("news.example", 443, "/a%20b?q=1")),
        ("http://news.example:8080", ("news.example", 8080, "/")),
        ("http://news.example?q", ("news.example", 80, "/?q")),
        ("https://news.example:99999/", None),
        ("https://[::1/", None),
        ("ftp://news.example/", None),
        ("", None),
    ],
)
def test_the_request_that_a_url_stands_for(url: str, asked: tuple[str, int, str] | None) -> None:
    found = asked_for(url)
    assert (found and (*found.hosts, found.port, found.path)) == asked


async def test_what_one_person_granted_is_counted_when_it_is_delivered(
    database: Database, records_desk: RecordsDesk, vault: SealedVault, desk: Desk, case: str, withheld: Withheld
) -> None:
    for number in (2, 3):
        await withheld(f"record-{number}", job=case, inside=True)
    granted = [records_desk.ask_release(f"record-{n}", EVE, "the same person", job=case) for n in (2, 3)]
    assert [it.state for it in granted] == ["granted", "granted"]
    database.write_now(lambda c: c.execute("UPDATE jobs SET releases = 4 WHERE id = ?", (case,)).rowcount)  # of 5
    assert records_desk.deliver_by_export(vault, granted[0].id, EVE)
    assert desk.show(case).spent.releases == 5
    with pytest.raises(Conflict, match="its scope does not hold this any more"):  # it is exhausted
        records_desk.deliver_by_export(vault, granted[1].id, EVE)
    assert desk.show(case).spent.releases == 5


async def test_nothing_is_delivered_to_a_job_that_is_revoked_meanwhile(
    records_desk: RecordsDesk, vault: SealedVault, desk: Desk, case: str, withheld: Withheld
) -> None:
    await withheld("record-2", job=case, inside=True)
    alone = records_desk.ask_release("record-2", EVE, "the same person", job=case)
    records_desk.ask_release("record-1", EVE, "a statue", job="crawl")
    by_two = records_desk.second_release("record-1", RITA, job="crawl")
    for job in (case, "crawl"):
        desk.revoke(job, ROOT)
    for release in (alone, by_two):
        with pytest.raises(Conflict, match="is revoked; nothing is released to it"):
            records_desk.deliver_by_export(vault, release.id, EVE)
