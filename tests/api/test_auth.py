from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from facegate.console.brake import FAILURES
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.state import apitokens, users
from facegate.state.database import Database
from facegate.state.home import Home

Ask = Callable[..., httpx.Response]
BY = Actor("os:test")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("value", [None, "Bearer", "Basic YWRhOmNvcnJlY3QgaG9yc2UgYmF0dGVyeQ=="])
def test_without_a_token_nobody_passes_and_a_password_is_none(api: httpx.Client, value: str | None) -> None:
    answer = api.get("me", headers={"Authorization": value} if value else {})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="facegate"'  # RFC 6750: no error where none was sent


def test_a_token_says_who_asks(api: httpx.Client, token_of: Callable[..., str]) -> None:
    me = api.get("me", headers=bearer(token_of("rita", "jobs:read"))).json()
    assert (me["name"], me["role"], me["scopes"]) == ("rita", "reviewer", ["jobs:read"])
    assert api.get("me", headers={"Authorization": f"bearer   {token_of('rita')}"}).status_code == 200


def test_one_that_ended_was_revoked_or_lost_its_user(
    api: httpx.Client, token_of: Callable[..., str], database: Database, ledger: ChainedLedger
) -> None:
    ended = token_of("ada", lasts=timedelta(microseconds=1))
    good = token_of("rita")
    assert api.get("me", headers=bearer(good)).status_code == 200
    users.remove(database, ledger, "rita", BY)
    revoked = token_of("olaf")
    apitokens.revoke(database, ledger, apitokens.list_tokens(database, "olaf")[0].id, BY)
    for token in (ended, good, revoked, "fgk_nonsense"):
        answer = api.get("me", headers=bearer(token))
        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]
        assert token not in answer.text


def test_a_scope_that_is_lacking_is_named(api: httpx.Client, token_of: Callable[..., str]) -> None:
    answer = api.get("users", headers=bearer(token_of("ada", "jobs:read")))
    assert answer.status_code == 403
    assert answer.headers["www-authenticate"].endswith('error="insufficient_scope", scope="users:read"')


def test_a_role_that_became_less_takes_scopes_away(
    api: httpx.Client, token_of: Callable[..., str], database: Database, ledger: ChainedLedger
) -> None:
    token = token_of("ada")
    assert api.get("users", headers=bearer(token)).status_code == 200
    users.set_role(database, ledger, "ada", "reviewer", BY)
    answer = api.get("users", headers=bearer(token))
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:facegate:problem:insufficient-scope")
    assert "reviewer" in answer.json()["detail"]


def test_guessing_is_slowed_down_and_noted_and_a_good_token_passes(
    api: httpx.Client, token_of: Callable[..., str], home: Home
) -> None:
    token = token_of("ada")
    codes = [api.get("me", headers=bearer(f"fgk_{number}")).status_code for number in range(FAILURES + 2)]
    assert codes == [401] * FAILURES + [429] * 2
    assert int(api.get("me", headers=bearer("fgk_x")).headers["retry-after"]) > 0
    assert api.get("me", headers=bearer(token)).status_code == 200
    origin = f"{api.base_url.scheme}://{api.base_url.netloc.decode()}"
    enter = {"name": "ada", "password": "correct horse battery"}
    answer = api.post(f"{origin}/login", data=enter, headers={"Origin": origin})
    assert answer.status_code == 429  # one brake


def test_a_stranger_is_refused_before_the_body_is_read(api: httpx.Client) -> None:
    assert api.put("jobs/case", content=b"{" * 2_000_000).status_code == 401
