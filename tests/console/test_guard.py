import re
from collections.abc import Callable

import pytest
from console.browsing import PASSWORD, Browser, open_console
from facegate.config import Config, load
from facegate.console.guard import BODY
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.state import users
from facegate.state.database import Database

CLI = Actor("os:test")


@pytest.mark.parametrize("path", ["/", "/queue", "/accumulation?after=a", "/nothing", "/events", "//", "/login/"])
def test_nothing_is_shown_before_the_log_in(stranger: Browser, path: str) -> None:
    answer = stranger.get(path)
    assert (answer.status_code, answer.text) == (303, "")
    assert re.fullmatch(r"/login(\?next=%2F[A-Za-z0-9%]+)?", answer.headers["location"])
    assert stranger.get(path, headers={"Accept": "application/json"}).status_code == 401
    assert stranger.post(path).status_code == 401
    assert stranger.get(path, auth=("rita", PASSWORD)).status_code == 303


def test_what_is_for_machines_and_browsers_themselves_needs_none(stranger: Browser) -> None:
    for path in ("/healthz", "/metrics", "/robots.txt", "/favicon.ico", "/api/v1/openapi.json", "/login"):
        assert stranger.get(path).status_code == 200, path


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "a@127.0.0.1", "[::1", "localhost\\x"])
def test_a_name_that_is_not_ours_is_refused(rita: Browser, host: str) -> None:
    for path in ("/", "/login", "/nothing"):
        assert rita.get(path, headers={"Host": host}).status_code == 400, path


@pytest.mark.parametrize("host", ["localhost:8081", "LOCALHOST", "127.0.0.1", "[::1]:8081", "203.0.113.9:80"])
def test_an_address_and_localhost_are_ours(rita: Browser, host: str) -> None:
    assert rita.get("/account", headers={"Host": host}).status_code == 200


OTHERS = {"Origin": "https://evil.example"}


@pytest.mark.parametrize(
    "headers",
    [
        OTHERS,
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {**OTHERS, "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_what_another_page_sends_changes_nothing(rita: Browser, stranger: Browser, headers: dict[str, str]) -> None:
    token = rita.csrf()
    sent = {"Sec-Fetch-Site": "same-origin", "Origin": rita.origin} | headers
    assert rita.client.post("/logout", data={"csrf": token}, headers=sent).status_code == 403
    assert rita.get("/account").status_code == 200
    enter = {"name": "rita", "password": PASSWORD}
    assert stranger.client.post("/login", data=enter, headers=sent).status_code == 403
    assert stranger.client.post("/login", data=enter).status_code == 403  # a browser would say where it comes from


def test_the_token_of_the_form_has_to_be_this_sessions(rita: Browser, as_user: Callable[[str], Browser]) -> None:
    other = as_user("rita").csrf()
    assert other != rita.csrf()
    for token in ("", other, rita.csrf()[:-1], "\ud800é"):
        body = {"csrf": token.encode("utf-8", "surrogatepass")}
        assert rita.post("/logout", body).status_code == 403, token
    assert rita.get("/account").status_code == 200
    assert rita.post("/logout", {"csrf": ""}, headers={"X-CSRF-Token": rita.csrf()}).status_code == 303


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_none(rita: Browser, method: str) -> None:
    answer = rita.client.request(method, "/account")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")


def test_a_form_is_bounded(rita: Browser) -> None:
    assert rita.post("/logout", {"x": "a" * BODY}).status_code == 413
    many = {f"field-{number}": "" for number in range(3_000)}
    assert rita.post("/logout", many).status_code == 400

    def endless() -> object:
        for _ in range(BODY // 1_000):
            yield b"a" * 2_000

    headers = {"Origin": rita.origin, "Content-Type": "application/x-www-form-urlencoded"}
    assert rita.client.post("/logout", content=endless(), headers=headers).status_code == 413
    assert rita.get("/account").status_code == 200


def test_a_multipart_form_that_is_cut_off_cannot_be_read(rita: Browser) -> None:
    headers = {"Origin": rita.origin, "Content-Type": "multipart/form-data; boundary=x", "X-CSRF-Token": rita.csrf()}
    for body in (b"--x\r\nContent-Disposition\r\n\r\n", b"--y--", b"--x\r\n\r\nno name\r\n--x--"):
        assert rita.client.post("/logout", content=body, headers=headers).status_code == 400, body


def test_who_is_removed_or_gets_another_role_or_password_is_out_at_once(
    as_user: Callable[[str], Browser], database: Database, ledger: ChainedLedger
) -> None:
    changes = (
        lambda: users.set_role(database, ledger, "rita", "admin", CLI),
        lambda: users.set_password(database, ledger, "rita", "another long password", CLI),
        lambda: users.remove(database, ledger, "rita", CLI),
    )
    password = PASSWORD
    for number, change in enumerate(changes):
        browser = as_user("ada")
        browser.post("/logout")
        browser.log_in("rita", password)
        assert browser.get("/account").status_code == 200
        change()
        assert browser.get("/account").status_code == 303, number
        password = "another long password" if number == 1 else password
    assert as_user("ada").get("/account").status_code == 200


def test_the_id_changes_while_one_works_and_other_tabs_go_on(rita: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("facegate.console.sessions.ROTATED", 0.0)
    former = rita.client.cookies["facegate"]
    assert rita.get("/account").status_code == 200
    fresh = rita.client.cookies["facegate"]
    assert fresh != former
    answer = rita.client.get("/account", headers={"Cookie": f"facegate={former}"})
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    monkeypatch.setattr("facegate.console.sessions.GRACE", 0.0)
    assert rita.client.get("/account", headers={"Cookie": f"facegate={former}"}).status_code == 303
    assert rita.get("/account").status_code == 200


def test_names_of_ones_own_and_tls_before_it(config: Config, people: None) -> None:
    there = load(home=str(config.home), console__names=["Console.Example"], console__behind_tls=True)
    with open_console(there) as url, Browser(url) as rita:
        assert rita.get("/login", headers={"Host": "console.example"}).status_code == 200
        assert rita.get("/login", headers={"Host": "other.example"}).status_code == 400
        fields = {"name": "rita", "password": PASSWORD}
        headers = {"Host": "console.example", "Origin": "https://console.example"}
        answer = rita.client.post("/login", data=fields, headers=headers)
        assert answer.status_code == 303
        assert answer.headers["set-cookie"].startswith("__Host-facegate=")
        assert answer.headers["set-cookie"].endswith("; Path=/; HttpOnly; SameSite=Strict; Secure")
        assert answer.headers["strict-transport-security"] == "max-age=63072000"
