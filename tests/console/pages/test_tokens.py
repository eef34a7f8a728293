import html
import re
from typing import Any

import pytest
from console.browsing import PASSWORD, Browser
from console.withheld import ledger_events
from facegate.console.brake import FAILURES
from facegate.console.pages.tokens import LASTS, USUAL
from facegate.state import apitokens
from facegate.state.apitokens import OF_ROLE
from facegate.state.database import Database
from facegate.state.home import Home

SECRET = re.compile(r'<code class="secret" id="token" data-once>([^<]+)</code>')
ASKED: dict[str, Any] = {"scope": ["records:read"], "days": "7", "present": PASSWORD}


def offered(page: str) -> list[str]:
    return re.findall(r'name="scope" id="scope-\d+" value="([^"]+)"', page)


def test_one_is_made_shown_once_and_works(rita: Browser, database: Database, home: Home) -> None:
    assert offered(rita.get("/tokens").text) == list(OF_ROLE["reviewer"])
    made = rita.post("/tokens", ASKED | {"scope": ["records:read", "jobs:read"]})
    assert (made.status_code, made.headers["cache-control"]) == (200, "no-store")
    found = SECRET.search(made.text)
    assert found
    headers = {"Authorization": f"Bearer {found[1]}"}
    me = rita.get("/api/v1/me", headers=headers)
    assert me.status_code == 200, me.text
    assert (me.json()["name"], sorted(me.json()["scopes"])) == ("rita", ["jobs:read", "records:read"])
    (token,) = apitokens.list_tokens(database)
    assert (token.expires - token.made).days == 7
    page = rita.get("/tokens").text
    assert token.id in page
    assert found[1] not in page
    (line,) = ledger_events(home, "api-token-made")
    assert (line["user"], line["by"], line["via"], line["token"]) == ("rita", "rita", "console", token.id)
    assert found[1] not in str(line)

    assert rita.post("/tokens/revoke", {"token": token.id}).headers["location"] == "/tokens"
    assert f"The token {token.id} of rita is revoked." in rita.get("/tokens").text
    assert rita.get("/api/v1/me", headers=headers).status_code == 401
    assert rita.post("/tokens/revoke", {"token": token.id}).status_code == 404


def test_an_admin_makes_lists_and_revokes_those_of_others(ada: Browser, database: Database, home: Home) -> None:
    assert offered(ada.get("/tokens?user=eve").text) == list(OF_ROLE["operator"])
    for name, scope in (("eve", "jobs:write"), ("ada", "users:read")):
        assert SECRET.search(ada.post("/tokens", ASKED | {"user": name, "scope": [scope]}).text)
    eves, adas = (apitokens.list_tokens(database, name)[0].id for name in ("eve", "ada"))
    assert [(line["user"], line["by"]) for line in ledger_events(home, "api-token-made")] == [
        ("eve", "ada"),
        ("ada", "ada"),
    ]
    everybody, of_eve = ada.get("/tokens").text, ada.get("/tokens?user=eve").text
    assert eves in everybody
    assert adas in everybody
    assert "<td>eve</td>" in everybody
    assert eves in of_eve
    assert adas not in of_eve
    assert ada.post("/tokens/revoke", {"token": eves}).status_code == 303
    assert ada.get("/tokens?user=nobody").status_code == 404
    assert [it.id for it in apitokens.list_tokens(database)] == [adas]


def test_the_tokens_of_others_are_for_an_admin(eve: Browser, ada: Browser, database: Database) -> None:
    ada.post("/tokens", ASKED)
    (token,) = apitokens.list_tokens(database)
    assert token.id not in eve.get("/tokens").text
    assert 'id="whose"' not in eve.get("/tokens").text
    assert eve.get("/tokens?user=ada").status_code == 403
    assert eve.post("/tokens", ASKED | {"user": "ada"}).status_code == 403
    assert eve.post("/tokens/revoke", {"token": token.id}).status_code == 404
    assert apitokens.list_tokens(database) == [token]


@pytest.mark.parametrize(
    ("wrong", "status", "why"),
    [
        ({"scope": []}, 422, "choose at least one thing"),
        ({"scope": ["users:write"]}, 422, "of those that a reviewer may do"),
        ({"scope": ["everything"]}, 422, "of those that a reviewer may do"),
        ({"days": "367"}, 422, "choose how long it lasts"),
        ({"days": ""}, 422, "choose how long it lasts"),
        ({"present": "wrong"}, 403, "is not your password"),
        ({"present": ""}, 403, "is not your password"),
        ({"csrf": "stale"}, 403, ""),
        ({"present": "x" * 2_000}, 400, "at most 1000 characters"),
    ],
)
def test_what_is_refused_makes_none(
    rita: Browser, database: Database, wrong: dict[str, Any], status: int, why: str
) -> None:
    answer = rita.post("/tokens", ASKED | wrong)
    assert answer.status_code == status
    assert why in html.unescape(answer.text)
    assert apitokens.list_tokens(database) == []
    if wrong.get("present") == "wrong":  # what was chosen is still chosen, what was typed is not
        assert re.search(r'value="records:read" checked', answer.text)
        assert 'value="wrong"' not in answer.text


def test_it_is_no_place_to_guess(rita: Browser, database: Database) -> None:
    codes = [rita.post("/tokens", ASKED | {"present": f"guess {n}"}).status_code for n in range(FAILURES)]
    assert codes == [403] * FAILURES
    assert rita.post("/tokens", ASKED).status_code == 429
    assert apitokens.list_tokens(database) == []


def test_what_is_offered_can_be_had() -> None:
    assert USUAL in {days for days, _ in LASTS}
    assert all(0 < int(days) <= apitokens.LONGEST.days for days, _ in LASTS)
