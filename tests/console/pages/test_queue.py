import json
import re

import pytest
from console.browsing import Browser
from console.withheld import HOSTILE, keep_all, ledger_events
from facegate.config import Config
from facegate.console.filters import ORDERS
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.reasons import Reason

JSON = {"Accept": "application/json"}
CARD = re.compile(r'data-id="([^"]+)"')


@pytest.fixture
async def kept(config: Config, home: Home, database: Database) -> None:
    facts = [
        {},
        {"job": "other", "url": "https://b.example/x", "request": "0b5c1f2e"},
        {"url": HOSTILE, "job": "<b>job</b>", "reason": Reason.ENCRYPTED, "findings": ()},
        {},
    ]
    bodies = [(f"record-{at}", b"PIXELS %d" % at, told) for at, told in enumerate(facts)]
    await keep_all(config, home, database, bodies)


def test_cards_escape_what_strangers_wrote_and_have_no_pixel(rita: Browser, kept: None) -> None:
    page = rita.get("/queue").text
    assert CARD.findall(page) == ["record-3", "record-2", "record-1", "record-0"]
    assert "<script>" not in page
    assert "<img src=x" not in page
    assert "PIXELS" not in page
    assert set(re.findall(r'<img [^>]*src="([^"]+)"', page)) == {f"/records/record-{at}/mosaic" for at in range(4)}
    assert page.count('loading="lazy"') == 4
    for words in ("b.example", "other", "encrypted", "no face known", "1 face", "expires in"):
        assert words in page, words


def test_filters_and_pages(rita: Browser, kept: None) -> None:
    def found(query: str) -> list[str]:
        return CARD.findall(rita.get(f"/queue?{query}").text)

    assert found("job=other") == ["record-1"]
    assert found("host=b.example") == ["record-1"]
    assert found("reason=encrypted") == ["record-2"]
    assert found("host=*.example") == ["record-3", "record-1", "record-0"]
    assert found("url=https://b.example/") == ["record-1"]
    assert found("request=0b5c1f2e") == ["record-1"]
    assert "0b5c1f2e" in rita.get("/records/record-1").text
    assert found("held=yes") == []
    assert found("sort=oldest")[0] == "record-0"
    assert all(len(found(f"sort={name}")) == 4 for name, _ in ORDERS)
    assert found("since=2099-01-01") == []
    assert "No record is like that." in rita.get("/queue?since=2099-01-01").text
    assert found("state=confirmed") == []
    assert len(found("state=any")) == 4
    seen, path = [], "/queue?limit=1"
    while path:
        page = rita.get(path).text
        seen += CARD.findall(page)
        path = page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert seen == ["record-3", "record-2", "record-1", "record-0"]
    for query in ("limit=0", "limit=501", "limit=x", "state=nonsense", "sort=random", "since=yesterday"):
        assert rita.get(f"/queue?{query}").status_code == 400, query
    for query in ("after=nowhere", "digest=xyz", "url=b.example"):
        assert rita.get(f"/queue?{query}").status_code == 422, query
    second = rita.get("/queue?limit=2").text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    back = rita.get(second).text.partition('rel="prev" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert CARD.findall(rita.get(back).text) == ["record-3", "record-2"]


def test_many_at_once_row_by_row(rita: Browser, ada: Browser, kept: None, database: Database, home: Home) -> None:
    ids = ["record-0", "record-1"]
    wrong = [{}, {"id": ids, "decision": "confirm"}, {"id": ids, "decision": "burn", "reason": "all"}]
    assert [rita.post("/queue/bulk", it).status_code for it in wrong] == [400, 422, 400]
    many = {"id": [str(at) for at in range(201)], "decision": "confirm", "reason": "all"}
    assert rita.post("/queue/bulk", many).status_code == 400
    ada.post("/records/record-1/decide", {"decision": "confirm"})
    fields = {"id": [*ids, "<script>"], "decision": "false-positive", "reason": "statues", "back": "//evil"}
    partly = rita.post("/queue/bulk", fields)
    assert partly.status_code == 207
    assert "1 false positive" in partly.text
    assert "confirmed by ada" in partly.text
    assert "<script>" not in partly.text.replace("<script type", "")
    assert "//evil" not in partly.text
    undone = rita.post("/queue/undo", {"back": "/queue?state=any"})
    assert undone.headers["location"] == "/queue?state=any"
    assert "1 record open again." in rita.get("/queue").text
    states = database.read("SELECT state FROM records ORDER BY seq")
    assert [row["state"] for row in states] == ["open", "confirmed", "open", "open"]
    assert rita.post("/queue/undo", headers=JSON).status_code == 409
    fine = rita.post(
        "/queue/bulk", {"id": ["record-2", "record-3"], "decision": "note", "reason": "seen"}, headers=JSON
    )
    assert [it["problem"] for it in json.loads(fine.text)["done"]] == ["", ""]
    assert len(ledger_events(home, "record-noted")) == 2
    assert rita.post("/queue/undo", headers=JSON).status_code == 409  # a note is nothing to undo


def test_the_last_decision_is_undone_by_script(rita: Browser, kept: None) -> None:
    fields = {"decision": "confirm", "expected": "open"}
    assert rita.post("/records/record-0/decide", fields, headers=JSON).json()["state"] == "confirmed"
    (done,) = rita.post("/queue/undo", headers=JSON).json()["done"]
    assert done == {"id": "record-0", "state": "open", "problem": ""}


def test_an_empty_queue_says_so(rita: Browser) -> None:
    assert "Nothing is open." in rita.get("/queue").text


def test_it_is_for_reviewers(eve: Browser) -> None:
    assert eve.get("/queue").status_code == 403
    for path in ("/queue/bulk", "/queue/undo"):
        assert eve.post(path, {"id": "record-0", "decision": "confirm", "reason": "curious"}).status_code == 403
