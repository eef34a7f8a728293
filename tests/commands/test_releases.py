from collections.abc import Callable
from typing import Any


def test_asked_for_seconded_withdrawn(facegate: Any, people: None, broad: str, withhold: Callable[..., None]) -> None:
    facegate.ok("job", "register", broad)
    withhold("record-1")
    said = facegate.ok("quarantine", "release", "record-1", "--as", "eve", "--job", "broad", "--reason", "a statue")
    assert "facegate quarantine second record-1 --as USER" in said
    assert "eve asked for this" in facegate.refused("quarantine", "second", "record-1", "--as", "eve")
    facegate.ok("user", "add", "rita", "--role", "reviewer")
    said = facegate.ok("quarantine", "second", "record-1", "--as", "rita")
    assert "Facegate-Release: record-1" in said
    assert facegate.json("quarantine", "list", "--state", "released")[0]["id"] == "record-1"
    assert "is withdrawn" in facegate.ok("quarantine", "withdraw", "record-1", "--reason", "not so quick")
    assert facegate.json("quarantine", "show", "record-1")["state"] == "open"
    again = facegate.json("quarantine", "release", "record-1")
    assert again | {"release": ""} == {"id": "record-1", "state": "waiting", "release": "", "job": "broad"}
    assert facegate.json("quarantine", "second", again["release"], "--as", "rita")["state"] == "released"
