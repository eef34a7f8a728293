import re
from typing import Any


def test_a_password_is_made_up_and_shown_once(facegate: Any) -> None:
    said = facegate.ok("user", "add", "eve", "--role", "reviewer")
    password = re.search(r"once: (\S{20,})", said)
    assert password
    assert password[1] not in facegate.ok("ledger", "tail")
    assert facegate.json("user", "add", "ada", "--role", "admin").keys() == {"name", "role", "password"}


def test_a_password_from_standard_input_is_not_shown(facegate: Any) -> None:
    said = facegate.ok("user", "add", "eve", "--role", "admin", "--password-stdin", stdin="correct horse\n")
    assert said == "Added eve as admin.\n"
    assert "at least 12" in facegate("user", "add", "ada", "--role", "admin", "--password-stdin", stdin="x\n").stderr


def test_what_goes_wrong(facegate: Any, people: None) -> None:
    assert "exists already" in facegate.refused("user", "add", "EVE", "--role", "admin")
    assert facegate("user", "add", "ada", "--role", "root").exit_code == 2
    assert facegate("user", "add", "ada").exit_code == 2


def test_people_are_listed_changed_and_removed(facegate: Any, people: None) -> None:
    assert [(it["name"], it["role"]) for it in facegate.json("user", "list")] == [
        ("eve", "reviewer"),
        ("olaf", "operator"),
    ]
    assert facegate.ok("user", "role", "olaf", "--role", "admin") == "olaf is admin now.\n"
    assert "once: " in facegate.ok("user", "passwd", "olaf")
    assert facegate.ok("user", "remove", "eve") == "Removed eve.\n"
    assert facegate.ok("user", "list").splitlines()[1].startswith("olaf\tadmin\t")
    for verb in (("remove",), ("passwd",), ("role", "--role", "admin")):
        assert "user list" in facegate.refused("user", verb[0], "eve", *verb[1:])


def test_a_token_is_made_listed_and_revoked(facegate: Any, people: None) -> None:
    said = facegate.ok("user", "token", "eve", "--scope", "jobs:read", "--scope", "jobs:approve")
    token = re.search(r"once: (fgk_\S{43})\n", said)
    assert token
    (listed,) = facegate.json("user", "tokens", "eve")
    assert (listed["user"], listed["scopes"], listed["used"]) == ("eve", ["jobs:read", "jobs:approve"], None)
    assert token[1] not in facegate.ok("user", "tokens") + facegate.ok("ledger", "tail")
    assert facegate.json("user", "revoke-token", listed["id"]) == {"id": listed["id"], "user": "eve"}
    assert facegate.json("user", "tokens") == []
    assert "user tokens" in facegate.refused("user", "revoke-token", listed["id"])


def test_a_token_that_may_not_be(facegate: Any, people: None) -> None:
    assert "eve is reviewer" in facegate.refused("user", "token", "eve", "--scope", "users:write")
    assert "366d" in facegate.refused("user", "token", "eve", "--scope", "jobs:read", "--expires", "367d")
    assert "user add" in facegate.refused("user", "token", "nobody", "--scope", "jobs:read")
    for wrong in (("token", "eve"), ("token", "eve", "--scope", "nonsense")):
        assert facegate("user", *wrong).exit_code == 2
