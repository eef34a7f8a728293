"""The list of jobs: who sees which, by what they are found, and page by page."""

import re
from dataclasses import replace

import pytest
from console.browsing import Browser
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.state.database import Database
from facegate_addons.domain.job import Job

from tests.console.pages.jobs_of import ROOT, case

HOSTILE = '<script>alert("1")</script>'
LISTED = re.compile(r'<th scope="row"><a href="/jobs/([^"/]+)">')


@pytest.fixture
def several(desk: Desk, people: None) -> None:
    desk.register(Job("broad", "eve", HOSTILE), ROOT)
    desk.register(Job("other", "umbrella", "p"), ROOT)
    desk.register(case("eve-1", "Eve", days=3), ROOT)
    desk.register(case("soon", HOSTILE, days=5), ROOT)
    desk.approve("soon", Actor("rita", "reviewer"))
    desk.register(replace(case("soon", HOSTILE, days=5), purpose="q"), ROOT)


def listed(browser: Browser, query: str = "") -> list[str]:
    answer = browser.get(f"/jobs{query}")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    return LISTED.findall(answer.text)


def test_everybody_is_shown_what_is_theirs(several: None, eve: Browser, rita: Browser, ada: Browser) -> None:
    for browser in (rita, ada):
        assert listed(browser) == ["broad", "eve-1", "other", "soon"]
    assert listed(eve) == ["broad", "eve-1"]
    assert listed(eve, "?only=waiting") == ["eve-1"]
    assert eve.get("/jobs?operator=umbrella").status_code == 403
    assert listed(eve, "?operator=EVE") == ["broad", "eve-1"]
    assert 'href="/register"' in eve.get("/jobs").text
    assert 'href="/register"' not in rita.get("/jobs").text


def test_what_is_asked_for_is_found_and_stays_in_the_form(several: None, rita: Browser, desk: Desk) -> None:
    assert listed(rita, "?only=waiting") == ["eve-1", "soon"]
    assert listed(rita, "?only=ending") == ["eve-1", "soon"]
    assert listed(rita, "?kind=untargeted&state=active") == ["broad", "other"]
    assert listed(rita, "?begins=eve") == ["eve-1"]
    page = rita.get("/jobs", params={"operator": HOSTILE, "state": "approved"}).text
    assert LISTED.findall(page) == ["soon"]
    assert "&lt;script&gt;" in page
    assert '<option value="approved" selected>' in page
    assert "version 2 waits" in page
    assert "No job is as you asked" in rita.get("/jobs?state=revoked").text
    for query in ("state=x", "kind=x", "only=x", "only=ending&after=x", f"begins={'a' * 65}"):
        assert rita.get(f"/jobs?{query}").status_code == 400


def test_pages_go_on(desk: Desk, rita: Browser) -> None:
    for number in range(53):
        desk.register(Job(f"job-{number:02}", "acme", "p"), ROOT)
    first = rita.get("/jobs?kind=untargeted").text
    assert len(LISTED.findall(first)) == 50
    link = re.search(r'rel="next" href="([^"]+)"', first)
    assert link is not None
    second = rita.get("/jobs" + link[1].replace("&amp;", "&")).text
    assert LISTED.findall(second) == ["job-50", "job-51", "job-52"]
    assert 'rel="next"' not in second
    assert 'rel="prev"' in second


def test_a_row_that_was_altered_is_told(several: None, database: Database, rita: Browser) -> None:
    database.write_now(lambda c: c.execute("UPDATE jobs SET operator = 'x' WHERE id = 'other'").rowcount)
    page = rita.get("/jobs").text
    assert "its row was altered outside facegate" in page
    assert LISTED.findall(page) == ["broad", "eve-1", "soon"]
