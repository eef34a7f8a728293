import pytest
from console.browsing import Browser
from console.withheld import HOSTILE, keep_all, ledger_events
from facegate.config import Config
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.job import Job
from facegate_addons.domain.model import Finding

JSON = {"Accept": "application/json"}
BODY = b"the bytes as they came"


@pytest.fixture
async def kept(config: Config, home: Home, database: Database, desk: Desk) -> None:
    for job in ("crawl", "other"):
        desk.register(Job(job, "acme", "pages"), Actor("os:root"))
    strange = {
        "url": HOSTILE + "a" * 5_000,
        "job": "<b>job</b>",
        "content_type": '<i>"\x00',
        "versions": {"<x>": '"><script>'},
        "findings": tuple(Finding((0, 0, 0, 0), 0.5, f"<page> {at}") for at in range(300)),
        "detail": "<u>",
    }
    await keep_all(config, home, database, [("record-1", BODY, {}), ("record-2", b"strange", strange)])


def state(database: Database, record: str = "record-1") -> str:
    return str(database.read("SELECT state FROM records WHERE id = ?", (record,))[0]["state"])


def test_all_that_is_known_and_nothing_of_strangers_runs(rita: Browser, kept: None) -> None:
    page = rita.get("/records/record-1")
    assert page.status_code == 200
    for words in ("news.example", "crawl", "centerface", "0.910", "withheld", "/records/record-1/mosaic", "Reveal"):
        assert words in page.text, words
    strange = rita.get("/records/record-2").text
    for forbidden in ("<script>alert", "<img src=x", "<b>job", "<page>", "<x>", '"><script', "<u>"):
        assert forbidden not in strange
    assert "And 100 more" in strange
    assert len(strange) < 200_000
    assert "javascript:" not in strange
    assert 'href="https://' not in strange  # nobody is led to an origin
    for path in ("/records/another", "/records/%3Cscript%3E", "/records/..%2F..%2Fx"):
        assert rita.get(path).status_code == 404
    assert rita.get("/records/record-1?before=x").status_code == 400


def test_it_is_decided_and_reopened(rita: Browser, ada: Browser, kept: None, database: Database) -> None:
    path = "/records/record-1"
    done = rita.post(f"{path}/decide", {"decision": "confirm", "expected": "open", "reason": "a face"})
    assert (done.status_code, done.headers["location"]) == (303, path)
    assert "Confirmed." in rita.get(path).text
    late = ada.post(f"{path}/decide", {"decision": "false-positive", "expected": "open", "reason": "x y"}, headers=JSON)
    assert late.status_code == 409
    assert "rita" in late.json()["detail"]
    page = ada.post(f"{path}/decide", {"decision": "false-positive", "expected": "open", "reason": "x y"})
    assert page.status_code == 409
    assert ada.post(f"{path}/decide", {"decision": "reopen", "reason": "look again"}).status_code == 303
    assert state(database) == "open"
    wrong = rita.post(f"{path}/decide", {"decision": "false-positive", "reason": ""}, headers=JSON)
    assert wrong.status_code == 422
    assert rita.post(f"{path}/decide", {"decision": "delete"}).status_code == 400
    assert ada.post(f"{path}/decide", {"decision": "false-positive", "reason": "a statue"}).status_code == 303
    page_text = rita.get(path).text
    assert "in force" in page_text
    correction = database.read("SELECT seq FROM corrections")[0]["seq"]
    assert rita.post(f"{path}/corrections/{correction}", {"why": "a person"}).status_code == 303
    assert state(database) == "open"
    assert "revoked by rita" in rita.get(path).text


def test_notes_and_releases_by_two(rita: Browser, ada: Browser, kept: None, database: Database) -> None:
    path = "/records/record-1"
    assert rita.post(f"{path}/note", {"text": "<b>mind</b> this"}).status_code == 303
    assert "&lt;b&gt;mind&lt;/b&gt; this" in rita.get(path).text
    asked = rita.post(f"{path}/release", {"job": "other", "why": "the order asks for it"})
    assert asked.status_code == 303
    page = rita.get(path).text
    assert "It waits for a second person" in page
    assert "Second it" not in page  # it takes another one
    release = database.read("SELECT id FROM releases")[0]["id"]
    assert rita.post(f"{path}/releases/{release}", {"do": "second"}).status_code == 403
    assert rita.post(f"{path}/releases/{release}", {"do": "nothing"}).status_code == 400
    assert "Second it" in ada.get(path).text
    assert ada.post(f"{path}/releases/{release}", {"do": "second", "why": "seen"}).status_code == 303
    assert state(database) == "released"
    assert rita.post(f"{path}/releases/{release}", {"do": "withdraw", "why": "a mistake"}).status_code == 303
    assert state(database) == "open"
    refused = rita.post(f"{path}/release", {"job": "nobody", "why": "the order asks for it"}, headers=JSON)
    assert refused.status_code == 404


def test_the_bytes_leave_as_a_file_for_a_reason(rita: Browser, eve: Browser, kept: None, home: Home) -> None:
    path = "/records/record-1/export"
    assert rita.post(path, {"why": ""}).status_code == 422
    assert eve.post(path, {"why": "curious"}).status_code == 403
    assert not ledger_events(home, "record-exported")
    answer = rita.post(path, {"why": "asked by the court"})
    assert answer.content == BODY
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == 'attachment; filename="facegate-record-1.bin"'
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    (line,) = ledger_events(home, "record-exported")
    assert (line["user"], line["note"]) == ("rita", "asked by the court")


def test_of_what_is_gone_the_facts_stay(rita: Browser, kept: None, database: Database) -> None:
    database.write_now(
        lambda c: (
            c.execute("UPDATE records SET wrapped_key = NULL, key_id = NULL, gone = at, state = 'expired'").rowcount
        )
    )
    page = rita.get("/records/record-1").text
    assert "bytes destroyed" in page
    assert "There is nothing to reveal" in page
    assert "Export" not in page
    assert rita.post("/records/record-1/export", {"why": "a good reason"}).status_code == 409
    database.write_now(lambda c: c.execute("UPDATE records SET hold = '<em>a case</em>'").rowcount)
    assert "legal hold" in rita.get("/records/record-1").text


def test_it_is_for_reviewers(eve: Browser, stranger: Browser, kept: None) -> None:
    for verb in ("decide", "note", "release", "export", "corrections/1", "releases/x"):
        assert eve.post(f"/records/record-1/{verb}", {"why": "curious", "text": "note"}).status_code == 403
    assert eve.get("/records/record-1").status_code == 403
    assert stranger.get("/records/record-1").status_code == 303
