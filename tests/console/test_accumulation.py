from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.state import users
from facegate.state.database import Database
from facegate.state.ledger import ChainedLedger
from facegate_addons.domain.job import Job, Kind, Scope
from facegate_addons.domain.model import utc_now

RITA = ("rita", "correct horse battery")
HOSTILE = '<script>alert("1")</script>'


@pytest.fixture
def approved(database: Database, ledger: ChainedLedger) -> Callable[[str], None]:
    users.add(database, ledger, RITA[0], "reviewer", RITA[1])

    def approve(operator: str) -> None:
        desk, expires = Desk(database, ledger), utc_now() + timedelta(days=9)
        scope = Scope(
            Kind.INDIVIDUAL, ("s-1",), ("a.example",), legal_basis="law", reference="order", expires=expires,
            max_releases=5,
        )  # fmt: skip
        desk.register(Job("case", operator, "p", scope), Actor("os:root"))
        desk.approve("case", Actor("rita", "reviewer"))

    return approve


def test_it_is_for_reviewers_only(client: httpx.Client, eve: tuple[str, str], approved: Callable[[str], None]) -> None:
    for path in ("/accumulation", "/accumulation.json"):
        assert client.get(path).status_code == 401
        assert client.get(path, auth=eve).status_code == 403
        assert client.get(path, auth=RITA).status_code == 200
    assert '<a href="/accumulation">' in client.get("/", auth=RITA).text
    assert '<a href="/accumulation">' not in client.get("/", auth=eve).text


def test_operators_and_what_one_is_made_of(client: httpx.Client, approved: Callable[[str], None]) -> None:
    assert "No targeted job" in client.get("/accumulation", auth=RITA).text
    approved(HOSTILE)
    page = client.get("/accumulation", auth=RITA).text
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    link = page.partition('<th scope="row"><a href="')[2].partition('"')[0]
    detail = client.get(link, auth=RITA)
    assert detail.status_code == 200
    assert "<script" not in detail.text
    assert "case" in detail.text
    (found,) = client.get("/accumulation.json", auth=RITA).json()["operators"]
    assert found["totals"] == {"subjects": 1, "hosts": 1, "releases": 0, "faces": 0, "overlap": 1}
    account = client.get("/accumulation.json", params={"operator": HOSTILE}, auth=RITA).json()
    assert [job["id"] for job in account["jobs"]] == ["case"]


def test_a_question_that_makes_no_sense(client: httpx.Client, approved: Callable[[str], None]) -> None:
    assert client.get("/accumulation?operator=nobody", auth=RITA).status_code == 404
    assert client.get(f"/accumulation?after={'a' * 1001}", auth=RITA).status_code == 400
