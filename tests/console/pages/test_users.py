import re
from collections.abc import Callable
from datetime import timedelta

from console.browsing import PASSWORD, Browser
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.state import apitokens, users
from facegate.state.database import Database

SECRET = re.compile(r'<output class="secret" aria-label="Password">([^<]+)</output>')


def test_it_is_for_admins(eve: Browser, rita: Browser) -> None:
    for browser in (eve, rita):
        for path in ("/users", "/users/eve"):
            assert browser.get(path).status_code == 403
        for path in ("/users", "/users/ada/role", "/users/ada/remove", "/users/ada/password", "/users/ada/log-out"):
            assert browser.post(path, {"name": "mallory", "role": "admin", "again": "ada"}).status_code == 403


def test_somebody_is_added_and_enters_with_what_is_shown_once(
    ada: Browser, stranger: Browser, database: Database
) -> None:
    page = ada.post("/users", {"name": "nora", "role": "reviewer"})
    found = SECRET.search(page.text)
    assert found
    assert page.headers["cache-control"] == "no-store"
    assert stranger.log_in("nora", found[1]).status_code == 303
    assert found[1] not in ada.get("/users/nora").text
    assert {user.name: user.role for user in users.list_users(database)}["nora"] == "reviewer"
    for name, why in (("nora", "exists already"), ("<b>", "is no user name"), ("", "is no user name")):
        again = ada.post("/users", {"name": name, "role": "reviewer"})
        assert again.status_code == 422
        assert why in again.text
        assert "<b>" not in again.text


def test_role_password_and_removal_end_their_sessions(
    ada: Browser, as_user: Callable[[str], Browser], stranger: Browser, database: Database
) -> None:
    rita = as_user("rita")
    assert ada.post("/users/rita/role", {"role": "operator"}).headers["location"] == "/users/rita"
    assert rita.get("/").status_code == 303
    assert "rita is operator." in ada.get("/users/rita").text
    assert ada.post("/users/rita/role", {"role": "king"}).status_code == 422

    rita = as_user("rita")
    found = SECRET.search(ada.post("/users/rita/password").text)
    assert found
    assert rita.get("/").status_code == 303
    assert stranger.log_in("rita").status_code == 403
    assert stranger.log_in("rita", found[1]).status_code == 303
    ada.post("/users/rita/log-out")
    assert stranger.get("/").status_code == 303
    stranger.log_in("rita", found[1])
    assert ada.post("/users/rita/remove", {"again": "eve"}).status_code == 422
    assert ada.post("/users/rita/remove", {"again": "rita"}).headers["location"] == "/users"
    assert stranger.get("/").status_code == 303
    assert [user.name for user in users.list_users(database)] == ["ada", "eve"]
    assert ada.get("/users/rita").status_code == 404


def test_nobody_does_it_to_themselves(ada: Browser) -> None:
    for verb in ("role", "password", "log-out", "remove"):
        assert ada.post(f"/users/ada/{verb}", {"role": "operator", "again": "ada"}).status_code == 403
    assert ada.get("/users/ada").status_code == 200


def test_tokens_are_listed_and_revoked(ada: Browser, rita: Browser, database: Database, ledger: ChainedLedger) -> None:
    by = Actor("os:test")
    token, text = apitokens.make(database, ledger, "rita", ["jobs:read"], timedelta(days=1), by)
    page = ada.get("/users/rita").text
    assert token.id in page
    assert text not in page
    assert ada.post("/users/eve/tokens", {"token": token.id}).status_code == 404
    assert ada.post("/users/rita/tokens", {"token": token.id}).status_code == 303
    assert apitokens.list_tokens(database) == []

    mine, _ = apitokens.make(database, ledger, "rita", ["jobs:read"], timedelta(days=1), by)
    other, _ = apitokens.make(database, ledger, "ada", ["jobs:read"], timedelta(days=1), by)
    assert rita.post("/account/tokens", {"token": other.id}).status_code == 404
    assert rita.post("/account/tokens", {"token": mine.id}).status_code == 303
    assert [it.id for it in apitokens.list_tokens(database)] == [other.id]


def test_a_name_in_another_case_is_found_under_its_own_alone(ada: Browser) -> None:
    assert ada.get("/users/EVE").status_code == 404
    assert ada.get("/users/eve").status_code == 200
    assert PASSWORD not in ada.get("/users/eve").text
