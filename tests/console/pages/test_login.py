import json
import time
from pathlib import Path

import pytest
from console.browsing import PASSWORD, Browser
from facegate.console.brake import FAILURES
from facegate.ledger.chained import LINGER
from facegate.state.home import Home


def entries(home: Home) -> list[dict[str, str]]:
    """What the console wrote; it lingers a moment for more."""
    time.sleep(5 * LINGER)
    lines = Path(home.ledger / "console.jsonl").read_text().splitlines()
    return [json.loads(line)["entry"] for line in lines]


def test_in_and_out(stranger: Browser, home: Home) -> None:
    answer = stranger.log_in("rita")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert stranger.get("/").status_code == 200
    assert stranger.get("/login").headers["location"] == "/"
    out = stranger.post("/logout")
    assert (out.status_code, out.headers["location"]) == (303, "/login")
    assert out.headers["clear-site-data"] == '"cache", "storage"'
    stranger.client.cookies.set("facegate", cookie.split(";")[0].partition("=")[2])
    assert stranger.get("/").status_code == 303
    told = [(entry["event"], entry.get("user")) for entry in entries(home)]
    assert told[-2:] == [("console-entered", "rita"), ("console-left", "rita")]


def test_each_log_in_has_another_id_and_the_one_before_ends(stranger: Browser) -> None:
    stranger.client.headers["Cookie"] = "facegate=chosen-by-somebody-else"
    first = stranger.log_in("rita").headers["set-cookie"]
    assert "chosen" not in first
    del stranger.client.headers["Cookie"]
    second = stranger.log_in("eve").headers["set-cookie"]
    assert first != second
    assert "eve" in stranger.get("/account").text
    stranger.client.cookies.clear()
    stranger.client.cookies.set("facegate", first.split(";")[0].partition("=")[2])
    assert stranger.get("/account").status_code == 303


def test_a_wrong_password_says_no_more_than_that(stranger: Browser, home: Home) -> None:
    for name in ("rita", "nobody", '"><script>alert(1)</script>'):
        answer = stranger.log_in(name, "wrong password")
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
        assert "That is not a name and its password." in answer.text
        assert "wrong password" not in answer.text
        assert "<script>" not in answer.text
    assert "nobody" not in json.dumps(entries(home))


def test_guessing_is_slowed_down(stranger: Browser) -> None:
    codes = [stranger.log_in("rita", f"guess number {n}").status_code for n in range(FAILURES + 2)]
    assert codes == [403] * FAILURES + [429] * 2
    answer = stranger.log_in("rita")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 301


@pytest.mark.parametrize(
    ("onward", "where"),
    [
        ("/queue?state=open", "/queue?state=open"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("/\t/evil.example/", "/"),
        ("/a\r\nSet-Cookie: x=y", "/"),
        ("javascript:alert(1)", "/"),
        ("queue", "/"),
        ("/" + "a" * 4_000, "/"),
    ],
)
def test_the_way_on_leads_to_own_pages_only(stranger: Browser, onward: str, where: str) -> None:
    stranger.client.cookies.clear()
    answer = stranger.client.get("/login", params={"next": onward})
    assert answer.status_code == 200
    assert "evil" not in answer.text
    got = stranger.log_in("rita", PASSWORD, onward[:4_000])
    assert got.headers["location"] == where or len(onward) > 4_000


def test_what_is_too_long_is_not_hashed(stranger: Browser) -> None:
    assert stranger.log_in("rita", "a" * 1_001).status_code == 400
    assert stranger.log_in("r" * 101).status_code == 400
