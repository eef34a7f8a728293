from collections.abc import Callable
from datetime import timedelta

import pytest
from console.browsing import Browser
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.state.database import Database
from facegate_addons.domain.job import Job, Kind, Scope
from facegate_addons.domain.model import utc_now

HOSTILE = '<script>alert("1")</script>'


@pytest.fixture
def approved(database: Database, ledger: ChainedLedger, people: None) -> Callable[[str], None]:
    def approve(operator: str) -> None:
        desk, expires = Desk(database, ledger), utc_now() + timedelta(days=9)
        scope = Scope(
            Kind.INDIVIDUAL, ("s-1",), ("a.example",), legal_basis="law", reference="order", expires=expires,
            max_releases=5,
        )  # fmt: skip
        desk.register(Job("case", operator, "p", scope), Actor("os:root"))
        desk.approve("case", Actor("rita", "reviewer"))

    return approve


def test_it_is_for_reviewers_only(eve: Browser, rita: Browser) -> None:
    assert eve.get("/accumulation").status_code == 403
    assert rita.get("/accumulation").status_code == 200
    assert '<a href="/accumulation">' in rita.get("/").text
    assert '<a href="/accumulation">' not in eve.get("/").text


def test_operators_and_what_one_is_made_of(rita: Browser, approved: Callable[[str], None]) -> None:
    assert "No targeted job" in rita.get("/accumulation").text
    approved(HOSTILE)
    page = rita.get("/accumulation").text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    link = page.partition('<th scope="row"><a href="')[2].partition('"')[0]
    detail = rita.get(link)
    assert detail.status_code == 200
    assert "<script>" not in detail.text
    assert "case" in detail.text


def test_a_stopped_operator_goes_on_with_a_signature(
    rita: Browser, eve: Browser, approved: Callable[[str], None], database: Database
) -> None:
    approved("eve")
    assert "Let the releases go on" not in rita.get("/accumulation?operator=eve").text
    assert rita.post("/accumulation/sign", {"operator": "eve", "reason": "seen"}).status_code == 409
    held = "UPDATE operators SET held = '2026-03-01T00:00:00.000000+00:00', why = '{\"hosts\": 201}'"
    database.write_now(lambda connection: connection.execute(held))
    page = rita.get("/accumulation?operator=eve").text
    assert "Let the releases go on" in page
    assert "201 hosts (allowed: 200)" in page
    assert "stopped" in rita.get("/").text
    assert eve.post("/accumulation/sign", {"operator": "eve", "reason": "mine"}).status_code == 403
    assert rita.post("/accumulation/sign", {"operator": "eve", "reason": " "}).status_code == 409
    answer = rita.post("/accumulation/sign", {"operator": "eve", "reason": "order 7 <b>"})
    assert answer.headers["location"] == "/accumulation?operator=eve"
    page = rita.get("/accumulation?operator=eve").text
    assert "Signed: the releases of eve go on." in page
    assert "by rita: order 7 &lt;b&gt;" in page


def test_a_question_that_makes_no_sense(rita: Browser) -> None:
    assert rita.get("/accumulation?operator=nobody").status_code == 404
    assert rita.get(f"/accumulation?after={'a' * 1001}").status_code == 400
