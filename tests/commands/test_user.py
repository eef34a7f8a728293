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
