import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from facegate.config import Config
from facegate.errors import StateError
from facegate.quarantine.keys import master_key
from facegate.quarantine.sightings import turned
from facegate.quarantine.vault import SealedVault
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.model import QuarantineRecord, utc_now
from facegate_addons.domain.reasons import Reason

BODY = b"a picture of a person"
Made = Callable[..., QuarantineRecord]


def rows(database: Database, sql: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in database.read(sql)]


async def test_a_body_seen_again_is_a_sighting_of_its_record(
    home: Home, database: Database, vault: SealedVault, a_record: Made
) -> None:
    first, later = a_record(BODY), utc_now() + timedelta(hours=1)
    again = replace(
        a_record(BODY, "record-2", "other"), url="https://u:p@else.example/x", at=later, reason=Reason.BUDGET_SPENT
    )
    assert await vault.keep(first, BODY) == "record-1"
    assert await vault.keep(again, BODY) == "record-1"
    assert await vault.keep(replace(again, id="record-3", at=first.at - timedelta(days=1)), BODY) == "record-1"
    assert len(list(home.vault.glob("*/*"))) == 1
    ((id_, job, host, at, last, sightings),) = rows(database, "SELECT id, job, host, at, last, sightings FROM records")
    assert (id_, job, host, sightings) == ("record-1", "crawl", "news.example", 3)
    assert (str(at)[:19], str(last)[:19]) == (first.at.isoformat()[:19], later.isoformat()[:19])  # one came late
    assert rows(database, "SELECT job, url, host, reason, request FROM sightings ORDER BY seq")[:2] == [
        ("crawl", "https://News.example/photo.jpg?size=1", "news.example", "faces", "request-of-record-1"),
        ("other", "https://else.example/x", "else.example", "budget-spent", "request-of-record-2"),
    ]
    assert rows(database, "SELECT job, record FROM record_jobs ORDER BY job") == [("crawl", 1), ("other", 1)]
    assert rows(database, "SELECT host, record FROM record_hosts ORDER BY host") == [
        ("else.example", 1),
        ("news.example", 1),
    ]
    assert vault.open("record-1") == BODY


async def test_it_is_kept_as_long_as_the_strictest_who_saw_it_may(
    database: Database, vault: SealedVault, a_record: Made
) -> None:
    first = a_record(BODY, days=5)
    await vault.keep(first, BODY)
    for days, name in ((9, "lenient"), (2, "strict"), (30, "crawl")):
        await vault.keep(a_record(BODY, f"record-{name}", name, days=days), BODY)
    ((expires,),) = rows(database, "SELECT expires FROM records")
    assert timedelta(days=1.9) < datetime.fromisoformat(str(expires)) - first.at < timedelta(days=2.1)


async def test_under_other_codings_it_is_another_body(database: Database, vault: SealedVault, a_record: Made) -> None:
    await vault.keep(a_record(BODY), BODY)
    assert await vault.keep(replace(a_record(BODY, "record-2"), codings=()), BODY) == "record-2"
    assert rows(database, "SELECT sightings FROM records") == [(1,), (1,)]


async def test_of_many_at_once_one_makes_the_record(
    config: Config, home: Home, database: Database, vault: SealedVault, a_record: Made
) -> None:
    with (
        Database.open(home.database) as second,
        SealedVault(home, second, master_key(home, config.vault, second), timedelta(days=30)) as other,
    ):
        kept = await asyncio.gather(
            *(
                each.keep(a_record(BODY, f"record-{n}-{each is vault}"), BODY)
                for n in range(25)
                for each in (vault, other)
            )
        )
    assert len(set(kept)) == 1
    assert rows(database, "SELECT id, sightings FROM records") == [(kept[0], 50)]
    assert rows(database, "SELECT count(*) FROM sightings") == [(50,)]
    assert [path.stem for path in home.vault.glob("*/*")] == [kept[0]]


async def test_what_is_gone_is_a_new_record_when_it_comes_again(
    database: Database, vault: SealedVault, a_record: Made
) -> None:
    await vault.keep(a_record(BODY, days=1), BODY)
    await asyncio.to_thread(vault.purge, utc_now() + timedelta(days=2))
    assert await vault.keep(a_record(BODY, "record-2"), BODY) == "record-2"
    assert rows(database, "SELECT state FROM records ORDER BY seq") == [("expired",), ("open",)]


async def test_bytes_of_another_digest_are_no_sighting(database: Database, vault: SealedVault, a_record: Made) -> None:
    await vault.keep(a_record(BODY), BODY)
    with pytest.raises(StateError, match="not those of its digest"):
        await vault.keep(a_record(BODY, "record-2"), BODY + b"!")
    assert rows(database, "SELECT sightings FROM records") == [(1,)]


async def test_a_hostile_head_is_kept_as_text(database: Database, vault: SealedVault, a_record: Made) -> None:
    hostile = replace(a_record(BODY), url="https://\udcff/", codings=("\ud800",), job="\udc00")
    await vault.keep(hostile, BODY)
    assert await vault.keep(replace(hostile, id="record-2"), BODY) == "record-1"
    assert rows(database, "SELECT job, host FROM sightings") == [("\\udc00", "\\udcff")] * 2


async def test_what_was_decided_keeps_its_state_when_its_bytes_go(
    database: Database, vault: SealedVault, a_record: Made
) -> None:
    for number, state in enumerate(("open", "confirmed", "false-positive", "released")):
        await vault.keep(a_record(b"%d" % number, f"record-{number}", days=1), b"%d" % number)
        database.write_now(
            lambda c, n=number, s=state: c.execute("UPDATE records SET state = ? WHERE seq = ?", (s, n + 1)).rowcount
        )
    await asyncio.to_thread(vault.purge, utc_now() + timedelta(days=2))
    assert rows(database, "SELECT state, wrapped_key, gone IS NULL FROM records ORDER BY seq") == [
        (state, None, 0) for state in ("expired", "confirmed", "false-positive", "released")
    ]
    assert rows(database, "SELECT * FROM bodies") == []


def test_hosts_below_a_name_sort_beside_each_other() -> None:
    assert turned("a.b.example") == "example.b.a."
    assert sorted(map(turned, ("b.example", "b-c.example", "a.b.example"))) == [
        *("example.b-c.", "example.b.", "example.b.a."),
    ]
