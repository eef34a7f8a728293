import json
import re
import time
from datetime import timedelta

import pytest
from console.browsing import Browser
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.reports.counting import Counting
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.job import Job, Kind, Scope
from facegate_addons.domain.model import utc_now


@pytest.fixture
def jobs(database: Database, ledger: ChainedLedger, people: None) -> None:
    """Two of eve's and one of acme's: ending, nearly spent, waiting."""
    desk, now = Desk(database, ledger), utc_now()
    for name, operator, days in (("ends", "eve", 3), ("spent", "acme", 90), ("waits", "eve", 90)):
        scope = Scope(
            Kind.INDIVIDUAL, ("s-1",), ("a.example",), legal_basis="law", reference="order",
            expires=now + timedelta(days=days), max_releases=10,
        )  # fmt: skip
        desk.register(Job(f"job-that-{name}", operator, "p", scope), Actor("os:root"))
        if name != "waits":
            desk.approve(f"job-that-{name}", Actor("rita", "reviewer"))
    database.write_now(
        lambda connection: connection.execute("UPDATE jobs SET releases = 9 WHERE id = 'job-that-spent'")
    )


def figures(page: str) -> dict[str, str]:
    found = re.findall(r'<dt>([^<]+)</dt><dd>.*?<span class="value"[^>]*>([^<]+)</span>', page)
    return dict(found)


def test_it_says_what_is_wrong(rita: Browser, home: Home) -> None:
    assert "not running" in rita.get("/").text
    told = {"at": time.time(), "ready": False, "why": ["no inspection worker"], "workers": 0}
    (home.run / "gateway-0.json").write_text(json.dumps(told))
    assert "no inspection worker" in rita.get("/").text
    (home.run / "gateway-0.json").write_text("{")
    assert "its status cannot be read" in rita.get("/").text


def test_what_waits_and_what_passed_is_counted(
    rita: Browser, three_records: None, jobs: None, home: Home, database: Database
) -> None:
    with ChainedLedger(home.ledger, "gateway-0") as ledger:
        for action, reason in (
            ("pass", "clear"),
            ("redact", "faces"),
            ("quarantine", "faces"),
            ("refuse", "port-refused"),
        ):
            ledger.append({"event": "exchange", "job": "crawl", "action": action, "reason": reason})
    Counting(home.ledger, database).count()
    page = rita.get("/").text
    assert figures(page) == {
        "Open in the queue": "3",
        "Jobs waiting for approval": "1",
        "Releases waiting for a second person": "0",
        "Exchanges today (UTC)": "4",
        "Passed today": "2",
        "Withheld today": "1",
    }
    assert page.count('class="bar ') >= 4
    assert "1 with faces covered" in page
    assert "9 of 10 releases" in page
    for name in ("ends", "spent", "waits"):
        assert f'<a href="/jobs/job-that-{name}">' in page


def test_operators_see_what_is_theirs(eve: Browser, three_records: None, jobs: None) -> None:
    page = eve.get("/").text
    assert "job-that-ends" in page
    assert "job-that-waits" in page
    assert "job-that-spent" not in page
    assert figures(page) == {}
    assert "threshold" not in page
    assert "Traffic" not in page
