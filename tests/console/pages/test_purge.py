import html
import re
from datetime import timedelta
from typing import Any

import pytest
from console.browsing import Browser
from console.withheld import keep_all, ledger_events
from facegate.config import Config
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.model import utc_now

AT = re.compile(r'name="at" value="([^"]+)"')


@pytest.fixture
async def kept(config: Config, home: Home, database: Database) -> None:
    """Two are over, one of them of another job and of a hostile name; one is held, one has time."""
    over = {"expires": utc_now() - timedelta(hours=1)}
    bodies = (over, over | {"job": "<b>other</b>"}, over, {})
    await keep_all(config, home, database, [(f"record-{n}", b"body %d" % n, facts) for n, facts in enumerate(bodies)])
    hold = "UPDATE records SET hold = 'claim 12' WHERE id = 'record-2'"
    database.write_now(lambda connection: connection.execute(hold).rowcount)


def form(browser: Browser, path: str = "/purge", **more: str) -> dict[str, str]:
    found = AT.search(browser.get(path).text)
    assert found
    return {"at": html.unescape(found[1]), "job": "", "reason": "spring <b>clean</b>", "again": "2"} | more


def gone(database: Database) -> set[str]:
    return {row["id"] for row in database.read("SELECT id FROM records WHERE gone IS NOT NULL")}


def test_what_would_go_is_shown_and_goes_when_its_number_is_typed(
    rita: Browser, kept: None, database: Database, home: Home
) -> None:
    page = rita.get("/purge").text
    for words in ("Type how many are destroyed: 2", "&lt;b&gt;other&lt;/b&gt;", "<dd>12</dd>", "<dd>1</dd>"):
        assert words in page, words
    assert "Type how many are destroyed: 1" in rita.get("/purge?job=crawl").text
    done = rita.post("/purge", form(rita))
    assert (done.status_code, done.headers["location"]) == (303, "/purge")
    page = rita.get("/purge").text
    assert "2 of 2 destroyed; asked for by rita: spring &lt;b&gt;clean&lt;/b&gt;." in page
    assert "No record&#39;s time is over, but for 1 that are held." in page
    assert gone(database) == {"record-0", "record-1"}
    lines = ledger_events(home, "record-purged")
    assert [(line["record"], line["user"], line["note"]) for line in lines] == [
        ("record-0", "rita", "spring <b>clean</b>"),
        ("record-1", "rita", "spring <b>clean</b>"),
    ]
    assert [line["records"] for line in ledger_events(home, "purge")] == [2]
    assert rita.post("/purge", form_again(rita)).status_code == 409


def form_again(browser: Browser) -> dict[str, str]:
    return {"at": utc_now().isoformat(), "job": "", "reason": "once more", "again": "0"}


def test_only_what_a_job_has_seen(ada: Browser, kept: None, database: Database) -> None:
    ada.post("/purge", form(ada, "/purge?job=crawl", job="crawl", again="1"))
    assert gone(database) == {"record-0"}
    assert "of job crawl; asked for by ada" in ada.get("/purge").text


@pytest.mark.parametrize(
    ("wrong", "status", "why"),
    [
        ({"again": "3"}, 422, "2 would be destroyed, and that number has to be typed"),
        ({"again": ""}, 422, "2 would be destroyed"),
        ({"reason": "x"}, 422, "write a reason"),
        ({"job": "unknown"}, 409, "nothing of it is left"),
        ({"at": "2999-01-01T00:00:00+00:00"}, 422, "load the page again"),  # what is to come
        ({"at": "2026-01-01T00:00:00"}, 422, "load the page again"),
        ({"at": "soon"}, 422, "load the page again"),
        ({"csrf": "stale"}, 403, ""),
    ],
)
def test_what_is_refused_destroys_nothing(
    rita: Browser, kept: None, database: Database, home: Home, wrong: dict[str, Any], status: int, why: str
) -> None:
    answer = rita.post("/purge", form(rita) | wrong)
    assert answer.status_code == status
    assert why in answer.text
    assert gone(database) == set()
    assert ledger_events(home, "purge") + ledger_events(home, "record-purged") == []
    if "again" in wrong:
        assert "spring &lt;b&gt;clean&lt;/b&gt;" in answer.text  # need not be typed again


def test_it_is_for_reviewers(eve: Browser, kept: None, database: Database) -> None:
    assert eve.get("/purge").status_code == 403
    assert eve.post("/purge", form_again(eve) | {"again": "2"}).status_code == 403
    assert gone(database) == set()
