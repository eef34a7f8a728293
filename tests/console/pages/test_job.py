"""The page of one job: all that it says, to those whose business it is, and hostile texts as text."""

from dataclasses import replace
from datetime import timedelta

import pytest
from console.browsing import Browser
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.state.database import Database
from facegate.state.registry import JobRegistry
from facegate.thresholds import Thresholds
from facegate_addons.domain.job import Job, Spending

from tests.console.pages.jobs_of import RITA, ROOT, case

HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture
async def approved(desk: Desk, people: None) -> Job:
    """Of eve: version 1 in force with 2 of 5 releases spent, version 2 waiting, two tokens."""
    job = case(operator="eve", max_faces=10)
    desk.register(job, ROOT)
    desk.approve("case", RITA, why=f"order no. 1 {HOSTILE}")
    registry = JobRegistry(desk.database, desk.ledger, bytes(32), Thresholds)
    for _ in range(2):
        assert await registry.spend("case", Spending(1_000, 2)) is None
    desk.register(replace(job, scope=replace(job.scope, hosts=("news.example", "*.more.example"))), ROOT)
    desk.rotate_token("case", ROOT, timedelta(hours=1))
    return job


def test_it_tells_all_of_it(approved: Job, rita: Browser, eve: Browser) -> None:
    page = rita.get("/jobs/case").text
    for told in (
        "find one person",
        "Looks for one given person on news.example.",
        "Hosts: one host more (with all below it)",
        "A search for one given person is targeted (229)",
        '<meter min="0" max="5" value="2" high="4.0"',
        "2 of 5",
        "4 of 10",
        "Generation 1, good until",
        "Generation 2, the one in use",
        "Withheld from it",
        "order no. 1 &#34;&gt;&lt;script&gt;",
        "Written by os:root",
        "job-approved",
        "[scope]\nkind = &#34;individual&#34;",
        "job-token-replaced",
        'href="/jobs/case/approve"',
        'href="/queue?job=case&amp;state=any"',
        'href="/ledger?job=case"',
        'href="/jobs/case/compare?old=1&amp;new=2"',
    ):
        assert told in page, told
    for hers in ('href="/jobs/case/change"', 'href="/jobs/case/token"', 'action="/jobs/case/withdraw"'):
        assert hers not in page
        assert hers in eve.get("/jobs/case").text
    own = eve.get("/jobs/case").text
    assert 'href="/jobs/case/approve"' not in own
    assert "/queue?job" not in own
    assert "/ledger" not in own


def test_no_token_and_no_hash_of_one(desk: Desk, rita: Browser, eve: Browser) -> None:
    token = desk.register(case(operator="eve"), ROOT).token
    assert token is not None
    held = desk.show("case").tokens[0].hash.hex()
    for browser in (rita, eve):
        for path in ("/jobs/case", "/jobs", "/jobs/case/token", "/jobs/case/compare"):
            text = browser.get(path).text
            assert token not in text
            assert held not in text


def test_another_operators_job_is_no_business_of_theirs(desk: Desk, eve: Browser) -> None:
    desk.register(case(operator="acme"), ROOT)
    for path in ("", "/compare", "/approve", "/revoke", "/token", "/change"):
        answer = eve.get(f"/jobs/case{path}")
        assert answer.status_code == 403, path
        assert "is run by another operator; eve is operator and sees their own" in answer.text
        assert "find one person" not in answer.text
    assert eve.get("/register?like=case").status_code == 403
    assert eve.get("/jobs/ghost").status_code == 404


def test_versions_side_by_side(approved: Job, rita: Browser) -> None:
    page = rita.get("/jobs/case/compare?old=1&new=2").text
    assert "<ins>*.more.example</ins>" in page
    assert "Hosts: one host more (with all below it)" in page
    back = rita.get("/jobs/case/compare?old=2&new=1").text
    assert "<del>*.more.example</del>" in back
    assert "They say the same" in rita.get("/jobs/case/compare?old=2&new=2").text
    assert rita.get("/jobs/case/compare?new=1").status_code == 200
    assert rita.get("/jobs/case/compare?new=9").status_code == 404
    assert rita.get("/jobs/case/compare?new=x").status_code == 400


@pytest.mark.parametrize("text", [HOSTILE, "{{ 7 * 7 }}", "javascript:alert(1)", "x" * 2_000])
def test_hostile_texts_stay_text(desk: Desk, rita: Browser, text: str) -> None:
    subjects = (f"case {text[:80]}", *(f"case {number}" for number in range(30)))
    job = replace(case(operator=text, subjects=subjects, legal_basis=text, reference=text), purpose=text)
    desk.register(job, ROOT)
    desk.reject("case", RITA, text)
    desk.register(replace(job, purpose=f"again {text}"), ROOT)
    for path in ("/jobs", "/jobs/case", "/jobs/case/approve", "/jobs/case/compare?old=1&new=2", "/jobs/case/revoke"):
        answer = rita.get(path)
        assert answer.status_code == 200, path
        assert "<script>alert" not in answer.text
        assert ">49<" not in answer.text
        assert 'href="javascript' not in answer.text


def test_a_row_that_was_altered(desk: Desk, database: Database, rita: Browser, eve: Browser) -> None:
    desk.register(case(operator="eve"), ROOT)
    database.write_now(lambda c: c.execute("UPDATE jobs SET operator = 'x'").rowcount)
    assert rita.get("/jobs/case").status_code == 409
    assert "revoke it and register anew" in rita.get("/jobs/case").text
    assert eve.get("/jobs/case/revoke").status_code == 409
    assert "was altered outside facegate" in rita.get("/jobs/case/revoke").text
    done = rita.post("/jobs/case/revoke", {"confirm": "case", "reason": "altered"})
    assert (done.status_code, done.headers["location"]) == (303, "/jobs")


def test_an_operators_releases_that_are_stopped(desk: Desk, database: Database, rita: Browser) -> None:
    strict = Desk(database, desk.ledger, Thresholds(hosts=1))
    strict.register(case(hosts=("a.example", "b.example")), ROOT)
    strict.approve("case", Actor("ada", "admin"))
    page = rita.get("/jobs/case").text
    assert "releases are stopped" in page
    assert 'href="/accumulation?operator=acme"' in page


def test_releases_to_it_are_counted(
    desk: Desk, database: Database, rita: Browser, people: None, three_records: None
) -> None:
    desk.register(Job("crawl", "acme", "p"), ROOT)
    database.write_now(
        lambda c: (
            c.execute(
                "INSERT INTO releases (id, record, job, why, asked_by, asked, state)"
                " VALUES ('r', (SELECT id FROM records LIMIT 1), 'crawl', 'w', 'rita', '2026', 'waiting')"
            ).rowcount
        )
    )
    page = rita.get("/jobs/crawl").text
    assert "3 records" in page
    assert rita.get("/queue?job=crawl&state=any").text.count("record-") >= 3
    assert "1 waiting" in page
