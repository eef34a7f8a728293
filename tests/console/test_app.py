import json
import re
import time
from importlib import resources
from pathlib import Path

from console.browsing import Browser
from facegate.console.headers import STRICT
from facegate.metrics.exposition import CONTENT_TYPE
from facegate.state.database import Database
from facegate.state.home import Home

TEMPLATES = Path(str(resources.files("facegate.console"))) / "templates"
BAR = "Observe mode: nothing is withheld."


def test_every_answer_is_strict(stranger: Browser, rita: Browser) -> None:
    paths = ("/", "/healthz", "/readyz", "/metrics", "/login", "/nothing")
    for browser in (stranger, rita):
        for answer in (browser.client.request(method, path) for path in paths for method in ("GET", "POST", "HEAD")):
            for name, value in STRICT.items():
                assert answer.headers.get_list(name) == [value]
            assert "server" not in answer.headers


def test_pages_need_nothing_inline(rita: Browser, three_records: None) -> None:
    for path in ("/", "/queue", "/accumulation", "/account", "/nothing"):
        page = rita.get(path).text
        assert "<style" not in page
        assert not re.search(r"\s(style|on[a-z]+)=", page), path
        assert not re.search(r"<script(?! type=\"module\" src=\"/static/)", page), path
        assert not re.search(r"(href|src|action)=\"(https?:)?//", page), path


def test_a_database_that_went_away_is_503_in_one_line(
    rita: Browser, three_records: None, database: Database, home: Home
) -> None:
    assert rita.get("/queue").status_code == 200
    database.write_now(lambda c: c.execute("ALTER TABLE records RENAME TO gone").rowcount)
    answer = rita.get("/queue")
    assert answer.status_code == 503
    assert "the console cannot read its state; its log says why" in answer.text
    assert "Traceback" not in answer.text
    assert str(home.path) not in answer.text


def test_every_page_says_while_nothing_is_withheld(rita: Browser, stranger: Browser, home: Home) -> None:
    assert BAR not in rita.get("/").text
    for observes in (True, False):
        told = {"at": time.time(), "ready": True, "observe": observes}
        (home.run / "gateway-0.json").write_text(json.dumps(told))
        pages = [rita.get(path) for path in ("/", "/queue", "/account", "/nothing")] + [stranger.get("/login")]
        assert all((BAR in page.text) is observes for page in pages)


def test_no_page_can_lack_the_bar() -> None:
    pages = [
        path for path in TEMPLATES.rglob("*.html") if path.name != "base.html" and not path.name.startswith("parts")
    ]
    assert pages
    assert all(path.read_text().startswith('{% extends "base.html" %}') for path in pages)
    base = (TEMPLATES / "base.html").read_text()
    outside_of_blocks = re.sub(r"{% block.*?{% endblock %}", "", base, flags=re.DOTALL)
    assert BAR in outside_of_blocks


def test_metrics_are_there_without_a_log_in(stranger: Browser, home: Home) -> None:
    for observes in (False, True):
        told = {"at": time.time(), "ready": True, "why": [], "workers": 1, "observe": observes}
        (home.run / "gateway-0.json").write_text(json.dumps(told))
        answer = stranger.get("/metrics")
        assert (answer.status_code, answer.headers.get_list("content-type")) == (200, [CONTENT_TYPE])
        assert f"\nfacegate_observe_mode {float(observes)}\n" in answer.text
        assert str(home.path) not in answer.text
