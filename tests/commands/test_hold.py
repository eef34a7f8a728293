from collections.abc import Callable
from typing import Any


def test_hold_and_unhold(facegate: Any, people: None, withhold: Callable[..., None]) -> None:
    withhold("record-1", days=-1)
    reason = ("--as", "eve", "--reason", "claim 7/26")
    assert facegate.json("quarantine", "hold", "record-1", *reason) == {"id": "record-1", "hold": "claim 7/26"}
    assert "held already: claim 7/26" in facegate.refused("quarantine", "hold", "record-1", *reason)
    assert facegate.json("vault", "status")["held"] == 1
    assert "the next purge takes it" in facegate.ok("quarantine", "unhold", "record-1", *reason)
    assert "is held." in facegate.ok("quarantine", "hold", "record-1", *reason)
    assert facegate.json("quarantine", "unhold", "record-1", *reason) == {"id": "record-1", "hold": None, "due": True}


def test_it_takes_a_reason_and_a_person_who_may(facegate: Any, people: None, withhold: Callable[..., None]) -> None:
    withhold("record-1")
    for verb in ("hold", "unhold"):
        assert "--reason" in facegate.refused("quarantine", verb, "record-1", "--as", "eve")
        assert "reviewer or an admin" in facegate.refused(
            "quarantine", verb, "record-1", "--as", "olaf", "--reason", "claim 7/26"
        )
