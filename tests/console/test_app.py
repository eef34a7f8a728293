import json
import re
import time
from importlib import resources
from pathlib import Path

import httpx
from facegate.console.headers import STRICT
from facegate.state.database import Database
from facegate.state.home import Home


def test_the_list_is_for_users_only(client: httpx.Client, eve: tuple[str, str]) -> None:
    for path in ("/", "/quarantine.json"):
        refused = client.get(path)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Basic realm=")
        assert client.get(path, auth=(eve[0], "wrong password")).status_code == 401
        assert client.get(path, auth=eve).status_code == 200


def test_the_list_escapes_what_strangers_wrote_and_shows_no_pixel(
    client: httpx.Client, eve: tuple[str, str], three_records: None
) -> None:
    page = client.get("/", auth=eve).text
    assert page.index("record-2") < page.index("record-1") < page.index("record-0")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "<img" not in page
    assert "PIXELS" not in page
    for word in ("b.example", "crawl", "faces", "open"):
        assert word in page


def test_pages_follow_each_other(client: httpx.Client, eve: tuple[str, str], three_records: None) -> None:
    seen, query = [], "?limit=1"
    while query:
        page = client.get(f"/{query}", auth=eve).text
        seen += [name for name in ("record-0", "record-1", "record-2") if name in page]
        query = page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert seen == ["record-2", "record-1", "record-0"]
    first = client.get("/quarantine.json?limit=2", auth=eve).json()
    rest = client.get(f"/quarantine.json?limit=2&before={first['next']}", auth=eve).json()
    assert [r["id"] for r in first["records"] + rest["records"]] == ["record-2", "record-1", "record-0"]
    assert rest["next"] is None
    assert client.get("/quarantine.json?state=confirmed", auth=eve).json() == {"records": [], "next": None}


def test_a_query_that_makes_no_sense_is_400(client: httpx.Client, eve: tuple[str, str]) -> None:
    for query in ("limit=0", "limit=501", "limit=x", "before=-1", "before=²", "state=nonsense"):
        assert client.get(f"/?{query}", auth=eve).status_code == 400, query


def test_every_answer_is_strict(client: httpx.Client) -> None:
    paths = ("/", "/healthz", "/readyz", "/metrics", "/style.css", "/nothing")
    for answer in (client.request(method, path) for path in paths for method in ("GET", "POST", "HEAD")):
        for name, value in STRICT.items():
            assert answer.headers.get_list(name) == [value]
        assert "server" not in answer.headers


def test_the_page_needs_nothing_inline(client: httpx.Client, eve: tuple[str, str]) -> None:
    page = client.get("/", auth=eve).text
    assert "<style" not in page
    assert "style=" not in page
    assert client.get("/style.css").headers["content-type"].startswith("text/css")


def test_guessing_is_slowed_down(client: httpx.Client, eve: tuple[str, str]) -> None:
    codes = [client.get("/", auth=("eve", f"guess number {n}")).status_code for n in range(12)]
    assert codes == [401] * 10 + [429] * 2
    answer = client.get("/", auth=eve)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 301


def test_a_database_that_went_away_is_503_in_one_line(
    client: httpx.Client, eve: tuple[str, str], three_records: None, database: Database, home: Home
) -> None:
    assert client.get("/", auth=eve).status_code == 200
    database.write_now(lambda c: c.execute("ALTER TABLE records RENAME TO gone").rowcount)
    answer = client.get("/", auth=eve)
    assert answer.status_code == 503
    assert answer.text.count("\n") == 1
    assert "Traceback" not in answer.text
    assert str(home.path) not in answer.text


TEMPLATES = Path(str(resources.files("facegate.console"))) / "templates"
BAR = "Observe mode: nothing is withheld."


def test_every_page_says_while_nothing_is_withheld(client: httpx.Client, eve: tuple[str, str], home: Home) -> None:
    assert BAR not in client.get("/", auth=eve).text
    for observes in (True, False):
        told = {"at": time.time(), "ready": True, "observe": observes}
        (home.run / "gateway-0.json").write_text(json.dumps(told))
        answers = [
            client.get(path, auth=eve)
            for path in ("/", "/?state=open", "/quarantine.json", "/style.css", "/metrics", "/nothing")
        ]
        pages = [answer for answer in answers if answer.headers["content-type"].startswith("text/html")]
        assert pages
        assert all((BAR in page.text) is observes for page in pages)


def test_no_page_can_lack_the_bar() -> None:
    pages = [path for path in TEMPLATES.glob("*.html") if path.name != "base.html"]
    assert pages
    assert all(path.read_text().startswith('{% extends "base.html" %}') for path in pages)
    base = (TEMPLATES / "base.html").read_text()
    outside_of_blocks = re.sub(r"{% block.*?{% endblock %}", "", base, flags=re.DOTALL)
    assert BAR in outside_of_blocks
