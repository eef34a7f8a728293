import json
from collections.abc import Callable
from typing import Any


def state(facegate: Any, record: str = "record-1") -> str:
    return str(facegate.json("quarantine", "show", record)["state"])


def test_confirmed_and_undone(facegate: Any, people: None, withhold: Callable[..., None]) -> None:
    withhold("record-1")
    assert facegate.json("quarantine", "confirm", "record-1", "--as", "eve", "--note", "a portrait") == {
        "id": "record-1",
        "state": "confirmed",
    }
    assert "confirmed by eve at" in facegate.refused("quarantine", "confirm", "record-1")
    assert "is open" in facegate.ok("quarantine", "reopen", "record-1", "--as", "eve", "--reason", "too quick")
    assert "olaf is operator" in facegate.refused("quarantine", "confirm", "record-1", "--as", "olaf")
    facegate.ok("quarantine", "note", "record-1", "ask the lawyers", "--as", "eve")
    shown = facegate.json("quarantine", "show", "record-1")
    assert [(event["event"], event["note"]) for event in shown["history"][1:]] == [
        ("confirmed", "a portrait"),
        ("reopened", "too quick"),
        ("noted", "ask the lawyers"),
    ]


def test_a_false_positive_takes_a_known_person_and_a_reason(
    facegate: Any, people: None, withhold: Callable[..., None]
) -> None:
    withhold("record-1")
    verb = ("quarantine", "false-positive", "record-1")
    assert "has to say why" in facegate.refused(*verb, "--as", "eve")
    assert "no added user" in facegate.refused(*verb, "--reason", "a statue")
    assert "is false-positive" in facegate.ok(*verb, "--as", "eve", "--reason", "a statue")
    assert state(facegate) == "false-positive"


def test_many_at_once(facegate: Any, people: None, withhold: Callable[..., None]) -> None:
    for number in range(4):
        withhold(f"record-{number}", b"%d" % number)
    facegate.ok("quarantine", "confirm", "record-0")
    some = facegate("quarantine", "confirm", "record-0", "record-1", "--note", "portraits", "--json")
    assert some.exit_code == 1
    assert [row["done"] for row in json.loads(some.stdout)] == [False, True]
    assert "has to say why" in facegate.refused("quarantine", "confirm", "record-2", "record-3")
    rest = facegate.json("quarantine", "confirm", "--all", "--state", "open", "--reason", "portraits", "--as", "eve")
    assert [row["id"] for row in rest] == ["record-3", "record-2"]
    assert facegate.json("quarantine", "confirm", "--all", "--state", "open", "--reason", "portraits") == []
    for wrong in (("confirm",), ("confirm", "record-1", "--all"), ("confirm", "record-1", "--job", "broad")):
        assert facegate("quarantine", *wrong).exit_code == 2
