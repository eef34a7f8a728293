from collections.abc import Callable
from datetime import timedelta

import pytest
from facegate.errors import ConfigError
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.state import records
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.ledger import ChainedLedger
from facegate.state.users import SystemUser, add
from facegate.state.vault import FileVault
from facegate.state.verify import tail
from facegate_addons.domain.job import Job
from facegate_addons.domain.model import QuarantineRecord, utc_now


@pytest.fixture(autouse=True)
async def five(
    database: Database, ledger: ChainedLedger, vault: FileVault, a_record: Callable[..., QuarantineRecord]
) -> None:
    for name, role in (("eve", "reviewer"), ("acme", "admin"), ("olaf", "operator")):
        add(database, ledger, name, role, "x" * 12)
    Desk(database, ledger).register(Job("crawl", "acme", "p"), Actor("os:root"))
    for number in range(5):
        body = f"body {number}".encode()
        await vault.keep(a_record(body, f"record-{number}", "crawl" if number % 2 else "other"), body)


def test_pages_newest_first(database: Database) -> None:
    page = records.list_records(database, limit=2)
    seen = [record["id"] for record in page.records]
    while page.next is not None:
        page = records.list_records(database, limit=2, before=page.next)
        seen += [record["id"] for record in page.records]
    assert seen == [f"record-{number}" for number in (4, 3, 2, 1, 0)]
    assert page.records[0]["host"] == "news.example"
    assert "wrapped_key" not in page.records[0]


def test_filters(database: Database, ledger: ChainedLedger) -> None:
    records.confirm(database, ledger, "record-1", "olaf")
    assert [r["id"] for r in records.list_records(database, job="crawl").records] == ["record-3", "record-1"]
    assert [r["id"] for r in records.list_records(database, state="confirmed").records] == ["record-1"]
    assert records.list_records(database, job="crawl' OR 1=1 --").records == []


def test_confirm_is_once_and_recorded(home: Home, database: Database, ledger: ChainedLedger) -> None:
    records.confirm(database, ledger, "record-1", "EVE", "seen")
    record, history = records.show(database, "record-1")
    assert record.state == "confirmed"
    assert (history[-1]["event"], history[-1]["user"], history[-1]["note"]) == ("confirmed", "eve", "seen")
    assert tail(home.ledger, 1)[0]["event"] == "record-confirmed"
    with pytest.raises(ConfigError, match="is confirmed"):
        records.confirm(database, ledger, "record-1", "eve")
    with pytest.raises(ConfigError, match="no user"):
        records.confirm(database, ledger, "record-2", "nobody")
    with pytest.raises(ConfigError, match="no record"):
        records.confirm(database, ledger, "ghost", "eve")


def test_release_takes_a_second_person_a_job_and_a_reason(
    home: Home, database: Database, ledger: ChainedLedger
) -> None:
    def release(user: str = "eve", reason: str = "a statue", job: str = "crawl", record: str = "record-1") -> None:
        records.release(database, ledger, record, user=user, reason=reason, job=job)

    for wrong, message in (
        ({"user": "olaf"}, "reviewer or an admin"),
        ({"user": "acme"}, "another person"),
        ({"user": "nobody"}, "no user"),
        ({"reason": "  "}, "say why"),
        ({"job": "ghost"}, "no job"),
        ({"record": "ghost"}, "no record"),
    ):
        with pytest.raises(ConfigError, match=message):
            release(**wrong)
    release()
    record, history = records.show(database, "record-1")
    assert record.state == "released"
    assert history[-1] | {"at": ""} == {
        "at": "",
        "event": "released",
        "user": "eve",
        "note": "a statue",
        "job": "crawl",
    }
    assert tail(home.ledger, 1)[0]["to_job"] == "crawl"
    with pytest.raises(ConfigError, match="is released"):
        release()


def test_nobody_looks_without_a_trace(home: Home, database: Database, ledger: ChainedLedger, vault: FileVault) -> None:
    with pytest.raises(ConfigError, match="reviewer or an admin"):
        records.export(database, ledger, vault, "record-1", user="olaf", reason="curious")
    with pytest.raises(ConfigError, match="say why"):
        records.export(database, ledger, vault, "record-1", user="eve", reason="")
    assert records.export(database, ledger, vault, "record-1", user="eve", reason="court order") == b"body 1"
    _, history = records.show(database, "record-1")
    assert [event["event"] for event in history] == ["withheld", "exported"]
    line = tail(home.ledger, 1)[0]
    assert (line["event"], line["user"], line["note"]) == ("record-exported", "eve", "court order")


def test_purge_is_recorded_and_final(home: Home, database: Database, ledger: ChainedLedger, vault: FileVault) -> None:
    gone = records.purge(ledger, vault, utc_now() + timedelta(days=4))
    assert len(gone) == 5
    record, history = records.show(database, "record-1")
    assert (record.state, history[-1]["event"]) == ("expired", "expired")
    assert tail(home.ledger, 1)[0]["records"] == 5
    with pytest.raises(ConfigError, match="is expired"):
        records.release(database, ledger, "record-1", user="eve", reason="late", job="crawl")


def test_as_json_has_everything_but_pixels(database: Database) -> None:
    facts = records.as_json(*records.show(database, "record-1"))
    assert facts["faces"] == [{"box": [1, 2, 30, 40], "score": 0.9, "where": "frame 2"}]
    assert facts["codings"] == ["gzip"]
    assert facts["detail"] == "not redacted: of 32 bits"
    assert facts["history"][0]["note"] == "faces"


async def test_a_record_of_the_built_in_job_is_released_to_it(
    database: Database, ledger: ChainedLedger, vault: FileVault, a_record: Callable[..., QuarantineRecord]
) -> None:
    await vault.keep(a_record(b"local", "record-local", "untargeted"), b"local")
    with pytest.raises(ConfigError, match=r"os:Local runs job 'untargeted'; another person"):
        records.release(database, ledger, "record-local", user=SystemUser("Local"), reason="a statue")
    records.release(database, ledger, "record-local", user=SystemUser("root"), reason="a statue")
    _, history = records.show(database, "record-local")
    assert (history[-1]["user"], history[-1]["job"]) == ("os:root", "untargeted")
