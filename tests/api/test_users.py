from collections.abc import Callable

import httpx

Ask = Callable[..., httpx.Response]


def test_only_admins_see_and_add_people(ask: Ask) -> None:
    for name in ("olaf", "rita"):
        assert ask(name, "GET", "users").status_code == 403
        assert ask(name, "POST", "users", json={"name": "eve", "role": "admin"}).status_code == 403
    added = ask("ada", "POST", "users", json={"name": "eve", "role": "reviewer"})
    assert added.status_code == 201
    assert len(added.json()["password"]) >= 24
    listed = ask("ada", "GET", "users").json()["users"]
    assert [it["name"] for it in listed] == ["ada", "eve", "olaf", "rita"]
    assert all(it.keys() == {"name", "role", "added"} for it in listed)


def test_a_password_that_was_sent_is_never_repeated(ask: Ask) -> None:
    body = {"name": "eve", "role": "reviewer", "password": "hunter2"}
    short = ask("ada", "POST", "users", json=body)
    assert (short.status_code, short.json()["errors"][0]["field"]) == (422, "password")
    assert "hunter2" not in short.text
    assert ask("ada", "POST", "users", json={**body, "password": "correct horse 9"}).json() == {
        "name": "eve",
        "role": "reviewer",
    }
    assert ask("ada", "POST", "users", json={"name": "EVE", "role": "admin"}).status_code == 409
