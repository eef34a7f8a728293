import asyncio
import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from facegate.errors import ConfigError, NotAllowed
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.jobs.reader import job_from
from facegate.jobs.rules import Rules
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.reading import tail
from facegate.quarantine.disclosure import Disclosed, disclose
from facegate.quarantine.vault import SealedVault
from facegate.state import users
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.users import SystemUser
from facegate_addons.domain.model import QuarantineRecord, utc_now


@pytest.fixture(autouse=True)
async def kept(
    database: Database, ledger: ChainedLedger, vault: SealedVault, desk: Desk, a_record: Callable[..., QuarantineRecord]
) -> None:
    for n in range(2):
        await vault.keep(a_record(b"pixels %d" % n, f"record-{n}", days=n + 1), b"pixels %d" % n)
    await asyncio.to_thread(users.add, database, ledger, "eve", "reviewer", "a long password")
    raw = {"id": "crawl", "operator": "acme", "purpose": "texts", "scope": {"kind": "untargeted"}}
    await asyncio.to_thread(desk.register, job_from(raw, "test", Rules(), utc_now()), Actor("os:root"))


def copy(
    database: Database, ledger: ChainedLedger, vault: SealedVault, **more: Any
) -> tuple[Disclosed, zipfile.ZipFile]:
    out = io.BytesIO()
    options = {"user": "eve", "reason": "request 12", "pixels": False} | more
    done = disclose(database, ledger, vault, ["record-0", "record-1"], out, **options)
    return done, zipfile.ZipFile(out)


def test_without_pixels_it_has_what_is_known(database: Database, ledger: ChainedLedger, vault: SealedVault) -> None:
    done, archive = copy(database, ledger, vault)
    assert done == Disclosed(2, 0, {})
    assert archive.namelist() == ["README.txt", "records.json"]
    first, _ = json.loads(archive.read("records.json"))["records"]
    seen = first["sightings"][0]
    assert (seen["url"], seen["request"]) == ("https://News.example/photo.jpg?size=1", "request-of-record-0")
    assert (first["withheld_because"], first["faces"]) == ("faces", [{"box": [1, 2, 30, 40], "score": 0.9}])
    assert first["crawls"] == [{"job": "crawl", "operator": "acme", "purpose": "texts", "kind": "untargeted"}]
    assert [event["event"] for event in first["history"]] == ["withheld", "disclosed"]
    assert b'"eve"' not in archive.read("records.json")  # who decides is not whom it is about


def test_with_pixels_the_bytes_are_there_and_who_took_them_is_written_first(
    home: Home, database: Database, ledger: ChainedLedger, vault: SealedVault
) -> None:
    vault.purge(utc_now() + timedelta(days=1.5))
    done, archive = copy(database, ledger, vault, pixels=True)
    assert (done.bodies, done.missing) == (1, {"record-0": "has expired; its bytes are destroyed"})
    assert archive.read("bodies/record-1") == b"pixels 1"
    told = json.loads(archive.read("records.json"))["records"]
    assert [each.get("file") for each in told] == [None, "bodies/record-1"]
    assert [each["bytes"] for each in told] == ["destroyed", "kept"]
    lines = [line for line in tail(home.ledger, 5) if line["event"] == "record-exported"]
    assert [(line["record"], line["user"], line["note"]) for line in lines] == [
        ("record-0", "eve", "request 12"),
        ("record-1", "eve", "request 12"),
    ]


def test_who_runs_the_job_has_what_is_known_and_not_the_pixels(
    home: Home, database: Database, ledger: ChainedLedger, vault: SealedVault
) -> None:
    users.add(database, ledger, "acme", "reviewer", "a long password")
    assert copy(database, ledger, vault, user="acme")[0] == Disclosed(2, 0, {})
    for user in ("acme", SystemUser("acme")):
        out = io.BytesIO()
        with pytest.raises(NotAllowed, match="runs job 'crawl'"):
            disclose(database, ledger, vault, ["record-0"], out, user=user, reason="request 12", pixels=True)
        assert out.getvalue() == b""
    assert [line for line in tail(home.ledger, 9) if line["event"] == "record-exported"] == []


@pytest.mark.parametrize(("user", "reason"), [("nobody", "request 12"), ("eve", " ")])
def test_without_a_person_or_a_reason_there_is_none(
    database: Database, ledger: ChainedLedger, vault: SealedVault, user: str, reason: str
) -> None:
    out = io.BytesIO()
    with pytest.raises(ConfigError):
        disclose(database, ledger, vault, ["record-0"], out, user=user, reason=reason, pixels=True)
    assert out.getvalue() == b""
