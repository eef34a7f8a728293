from collections.abc import Callable
from typing import Any


def test_listed_and_revoked(facegate: Any, people: None, withhold: Callable[..., None]) -> None:
    withhold("record-1")
    facegate.ok("quarantine", "false-positive", "record-1", "--as", "eve", "--reason", "a statue")
    (found,) = facegate.json("quarantine", "corrections", "list")
    assert (found["seq"], found["record"], found["why"]) == (1, "record-1", "a statue")
    assert "by correction 1 of eve: a statue" in facegate.ok("quarantine", "show", "record-1")
    revoke = ("quarantine", "corrections", "revoke", "1", "--as", "eve")
    assert "has to say why" in facegate.refused(*revoke)
    assert "is open" in facegate.ok(*revoke, "--reason", "a person")
    assert facegate.json("quarantine", "corrections", "list") == []
    assert facegate.json("quarantine", "corrections", "list", "--all")[0]["revoked_by"] == "eve"
