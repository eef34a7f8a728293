import hashlib
import io
import json
import zipfile

import pytest
from console.browsing import Browser
from console.withheld import keep_all, ledger_events
from facegate.config import Config
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.job import Job

BODY = b"the bytes as they came"
URL = "https://news.example/record-1.jpg"
BOTH = {"id": ["record-1", "record-2"], "reason": "she asked for it"}


@pytest.fixture
async def kept(config: Config, home: Home, database: Database, desk: Desk) -> None:
    desk.register(Job("crawl", "ada", "pages"), Actor("os:root"))
    await keep_all(config, home, database, [("record-1", BODY, {}), ("record-2", b"two", {})])


def test_it_is_found_by_address_digest_and_record(rita: Browser, kept: None) -> None:
    assert "sha256sum" in rita.get("/subjects").text
    for name, value in {"url": URL, "digest": hashlib.sha256(BODY).hexdigest(), "record": "record-1"}.items():
        page = rita.get("/subjects", params={name: value}).text
        assert 'value="record-1"' in page, name
        assert 'name="id" value="record-2"' not in page
        assert "/mosaic" not in page
    assert 'value="record-2"' in rita.get("/subjects?prefix=https://news.example/").text
    assert "Nothing is known of it." in rita.get("/subjects?host=other.example").text
    wrong = rita.get("/subjects?digest=abc")
    assert wrong.status_code == 422
    assert "digest has to be a sha256" in wrong.text


def test_a_copy_is_noted_first_and_has_the_bytes_only_when_asked(
    rita: Browser, ada: Browser, kept: None, home: Home
) -> None:
    copy = zipfile.ZipFile(io.BytesIO(rita.post("/subjects/export", BOTH).content))
    assert sorted(copy.namelist()) == ["README.txt", "records.json"]
    assert len(json.loads(copy.read("records.json"))["records"]) == 2
    copy = zipfile.ZipFile(io.BytesIO(rita.post("/subjects/export", BOTH | {"pixels": "yes"}).content))
    assert copy.read("bodies/record-1") == BODY
    assert {line["user"] for line in ledger_events(home, "record-exported")} == {"rita"}
    assert ada.post("/subjects/export", BOTH | {"pixels": "yes"}).status_code == 403  # who runs the job
    assert len(ledger_events(home, "record-exported")) == 2


def test_it_is_erased_after_a_second_word_and_what_is_held_stays(
    rita: Browser, kept: None, home: Home, database: Database
) -> None:
    rita.post("/records/record-2/hold", {"reason": "claim 12"})
    asks = rita.post("/subjects/erase", BOTH)
    assert "Type how many are erased: 1" in asks.text
    assert "claim 12" in asks.text
    assert rita.post("/subjects/erase", BOTH | {"again": "2"}).status_code == 422
    assert ledger_events(home, "record-erased") == []
    done = rita.post("/subjects/erase", BOTH | {"again": "1"}).text
    assert "1 erased" in done
    assert "refused, it stays: claim 12" in done
    (line,) = ledger_events(home, "record-erased")
    assert (line["record"], line["user"], line["note"]) == ("record-1", "rita", "she asked for it")
    assert database.read("SELECT url FROM records WHERE id = 'record-1'")[0]["url"] == ""
    assert "(erased)" in rita.get("/subjects", params={"digest": hashlib.sha256(BODY).hexdigest()}).text
    assert "Nothing is known" in rita.get("/subjects", params={"url": URL}).text


def test_refusals_change_nothing(eve: Browser, rita: Browser, kept: None, home: Home) -> None:
    assert eve.get("/subjects").status_code == 403
    for verb in ("export", "erase"):
        path, all_ = f"/subjects/{verb}", BOTH | {"again": "2"}
        assert eve.post(path, all_).status_code == 403
        assert rita.post(path, all_ | {"csrf": "stale"}).status_code == 403
        assert rita.post(path, {"reason": "she asked"}).status_code == 422
        assert rita.post(path, all_ | {"reason": "x"}).status_code == 422
        assert rita.post(path, all_ | {"id": ["record-1", "another"]}).status_code == 404
    told = rita.post("/subjects/erase", BOTH | {"again": "2", "reason": "seen on news.example"})
    assert told.status_code == 422
    assert "without address" in told.text
    assert ledger_events(home, "record-erased") + ledger_events(home, "record-disclosed") == []
