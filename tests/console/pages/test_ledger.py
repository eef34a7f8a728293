"""The ledger's pages: its state, its lines, one of them, and the export; for those who may."""

import json
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from console.browsing import Browser
from facegate.config import Config
from facegate.console import verification
from facegate.jobs.desk import Desk
from facegate.ledger import checkpoints
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.reading import tail
from facegate.ledger.signing import fingerprint, signing_key
from facegate.ledger.standing import Watch
from facegate.state.home import Home

from tests.console.pages.jobs_of import RITA, ROOT, case

HOSTILE = "<script>alert(1)</script>"
EVENTS = re.compile(r'<th scope="row"><a href="/ledger/([a-z0-9-]+)/(\d+)">([^<]+)</a>')


@pytest.fixture
def lines(home: Home, desk: Desk, ledger: ChainedLedger, people: None) -> None:
    with ChainedLedger(home.ledger, "gateway-0") as gateway:
        for number in range(120):
            gateway.append({"event": "exchange", "job": "case", "url": f"https://x.example/{number}?{HOSTILE}"})
    desk.register(case(), ROOT)
    desk.approve("case", RITA, why=HOSTILE)


def finished(browser: Browser) -> dict[str, object]:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found: dict[str, object] = browser.get("/ledger/verification").json()
        if not found["running"]:
            return found
        threading.Event().wait(0.01)
    pytest.fail("it did not end")


def test_it_is_for_reviewers_and_admins(lines: None, eve: Browser, rita: Browser, ada: Browser) -> None:
    for path in ("/ledger", "/ledger/cli/1", "/ledger/verification"):
        assert eve.get(path).status_code == 403, path
        assert rita.get(path).status_code == ada.get(path).status_code == 200, path
    for browser in (eve, rita):
        assert browser.post("/ledger/verify").status_code == 403
    assert eve.post("/ledger/export", {"reason": "audit"}).status_code == 403
    assert 'action="/ledger/verify"' not in rita.get("/ledger").text
    assert 'action="/ledger/verify"' in ada.get("/ledger").text


def test_lines_are_found_and_go_on(lines: None, rita: Browser) -> None:
    first = rita.get("/ledger?ledger=gateway-0&event=exchange").text
    assert len(EVENTS.findall(first)) == 50
    assert HOSTILE not in first
    assert "&lt;script&gt;" in first
    seen, link = [], re.search(r'rel="next" href="([^"]+)"', first)
    while link:
        page = rita.get(link[1].replace("&amp;", "&")).text
        seen += [seq for _, seq, _ in EVENTS.findall(page)]
        link = re.search(r'rel="next" href="([^"]+)"', page)
    assert seen == [str(number) for number in range(70, 0, -1)]
    assert [event for *_, event in EVENTS.findall(rita.get("/ledger?job=case&event=job-*").text)] == [
        *("job-approved", "job-registered")
    ]
    assert [event for *_, event in EVENTS.findall(rita.get("/ledger?who=rita&event=job-*").text)] == ["job-approved"]
    assert EVENTS.findall(rita.get("/ledger?until=1d").text) == []
    assert len(EVENTS.findall(rita.get("/ledger?since=1d&event=job-*").text)) == 2
    assert "No line is as you asked" in rita.get("/ledger", params={"job": HOSTILE}).text
    for query in ("since=yesterday", "until=x", "after=x", f"event={'x' * 201}"):
        assert rita.get(f"/ledger?{query}").status_code == 400, query


def test_an_entry_and_its_place(lines: None, rita: Browser) -> None:
    (ledger, seq, _), *_ = EVENTS.findall(rita.get("/ledger?event=job-approved").text)
    page = rita.get(f"/ledger/{ledger}/{seq}").text
    for told in ("&lt;script&gt;", "follows the line before", "its own hash holds", 'href="/jobs/case"'):
        assert told in page
    assert HOSTILE not in page
    assert "It is the first line" in rita.get("/ledger/cli/1").text
    for path in ("cli/0", "cli/99999", "cli/x", "ghost/1", "..%2f..%2fstate/1", "cli/-1"):
        assert rita.get(f"/ledger/{path}").status_code == 404, path


def test_verified_while_somebody_looks_on(lines: None, home: Home, ada: Browser, rita: Browser) -> None:
    assert "Nobody had it verified from here yet" in rita.get("/ledger").text
    assert ada.post("/ledger/verify").headers["location"] == "/ledger"
    assert finished(rita) == {"running": False, "percent": 100, "by": "ada", "failed": ""}
    page = rita.get("/ledger").text
    assert "were what was written" in page
    assert "by ada" in page
    (line,) = [line for line in tail(home.ledger, 99) if line["event"] == "ledger-verified"]
    assert (line["ok"], line["bad"], line["via"], line["role"]) == (True, [], "console", "admin")
    assert line["lines"] > 120


def test_how_it_stands_by_the_watch_in_the_background(lines: None, home: Home, rita: Browser, config: Config) -> None:
    assert "It was not verified in the background yet" in rita.get("/ledger").text
    key = signing_key(home, config.ledger.key)
    checkpoints.make(home.ledger, key, "test")
    Watch(home).look()
    page = rita.get("/ledger").text
    assert "lines are what was written" in page
    assert "number 1, signed at" in page
    assert fingerprint(key.public_key()) in page
    path = home.ledger / "gateway-0.jsonl"
    path.write_bytes(path.read_bytes().replace(b"https://x.example/7?", b"https://x.example/8?"))
    Watch(home).look()
    page = rita.get("/ledger").text
    assert "It is not what was written" in page
    assert "gateway-0.jsonl:8: was altered or damaged" in page


def test_the_first_bad_line_is_named(lines: None, home: Home, ada: Browser) -> None:
    path = home.ledger / "gateway-0.jsonl"
    path.write_bytes(path.read_bytes().replace(b"https://x.example/41?", b"https://x.example/14?"))
    ada.post("/ledger/verify")
    finished(ada)
    page = ada.get("/ledger").text
    assert "It was not what was written" in page
    assert "gateway-0.jsonl:42: was altered or damaged" in page
    damaged = ada.get("/ledger?ledger=gateway-0&after=gateway-0:45").text
    assert "This line was altered or damaged" in damaged
    assert "the line before cannot be read" in ada.get("/ledger/gateway-0/43").text


def test_an_export_takes_a_reason_and_leaves_a_line(lines: None, home: Home, rita: Browser) -> None:
    refused = rita.post("/ledger/export", {"reason": " x "})
    assert (refused.status_code, "write a reason of at least 3 characters" in refused.text) == (409, True)
    answer = rita.post("/ledger/export", {"reason": "for the regulator"})
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith('attachment; filename="facegate-ledger-')
    assert answer.headers["cache-control"] == "no-store"
    found = [json.loads(line) for line in answer.text.splitlines()]
    assert len([entry for entry in found if entry["event"] == "exchange"]) == 120
    assert (found[-1]["event"], found[-1]["by"], found[-1]["why"]) == ("ledger-exported", "rita", "for the regulator")
    few = rita.post("/ledger/export", {"reason": "for the regulator", "until": "1d"})
    assert (few.status_code, few.text) == (200, "")
    assert tail(home.ledger, 1)[0]["until"]
    assert rita.post("/ledger/export", {"reason": "audit", "since": "soon"}).status_code == 400


def test_no_two_at_once(lines: None, ada: Browser, monkeypatch: pytest.MonkeyPatch, rita: Browser) -> None:
    """The second one is told; the page shows how far the first is."""
    go_on, begun = threading.Event(), threading.Event()
    real = verification.examine

    def slow(folder: Path, heard: Callable[[int], object]) -> verification.Examined:
        begun.set()
        go_on.wait(20)
        return real(folder, heard)

    monkeypatch.setattr("facegate.console.verification.examine", slow)
    ada.post("/ledger/verify")
    begun.wait(20)
    try:
        again = ada.post("/ledger/verify")
        assert (again.status_code, "is being verified already" in again.text) == (409, True)
        page = ada.get("/ledger").text
        assert '<progress id="verifying"' in page
        assert 'action="/ledger/verify"' not in page
        assert rita.get("/ledger/verification").json()["running"] is True
    finally:
        go_on.set()
    assert finished(ada)["failed"] == ""
