import base64
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from facegate.console.access import AT_ONCE, REMEMBERED, Door, Refused, Visitor
from facegate.console.brake import FAILURES
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.ledger import ChainedLedger


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def door(database: Database, ledger: ChainedLedger, eve: tuple[str, str], clock: Clock) -> Door:
    return Door(database, ledger, clock)


def test_the_right_password_enters_with_its_role(door: Door, eve: tuple[str, str]) -> None:
    assert door.enter(basic(*eve), "10.0.0.1") == Visitor("eve", "operator")
    assert door.enter("basic " + basic(*eve)[6:], "10.0.0.1") == Visitor("eve", "operator")


@pytest.mark.parametrize("header", [None, "", "Bearer abc", "Basic", "Basic !!!", "Basic /w==", "Basic ZXZl"])
def test_what_is_no_credentials_is_no_failure(door: Door, header: str | None) -> None:
    for _ in range(FAILURES * 2):
        assert door.enter(header, "10.0.0.1") == Refused()


def test_the_brake_is_for_one_address_and_wears_off(door: Door, clock: Clock, eve: tuple[str, str]) -> None:
    for number in range(FAILURES):
        assert door.enter(basic("eve", f"guess {number}"), "10.0.0.1") == Refused()
        clock.now += 1
    outcome = door.enter(basic(*eve), "10.0.0.1")
    assert isinstance(outcome, Refused)
    assert outcome.retry_after is not None
    assert door.enter(basic(*eve), "10.0.0.2") == Visitor("eve", "operator")
    clock.now += outcome.retry_after + REMEMBERED
    assert door.enter(basic(*eve), "10.0.0.1") == Visitor("eve", "operator")


def test_guessing_at_once_does_not_slip_through(door: Door) -> None:
    with ThreadPoolExecutor(30) as threads:
        outcomes = list(threads.map(lambda n: door.enter(basic("eve", f"guess {n}"), "10.0.0.1"), range(30)))
    assert FAILURES <= outcomes.count(Refused()) < FAILURES + AT_ONCE


def test_credentials_are_remembered_for_a_moment_only(
    door: Door, clock: Clock, database: Database, eve: tuple[str, str]
) -> None:
    door.enter(basic(*eve), "10.0.0.1")
    database.write_now(lambda c: c.execute("DELETE FROM users").rowcount)
    assert door.enter(basic(*eve), "10.0.0.1") == Visitor("eve", "operator")
    clock.now += REMEMBERED
    assert door.enter(basic(*eve), "10.0.0.1") == Refused()


def test_who_came_and_who_failed_is_in_the_ledger_without_what_was_typed(
    door: Door, home: Home, ledger: ChainedLedger, eve: tuple[str, str]
) -> None:
    door.enter(basic(*eve), "10.0.0.1")
    door.enter(basic("eve", "my other secret"), "10.0.0.9")
    assert ledger.flush(5)
    raw = (home.ledger / "test.jsonl").read_text()
    events = [json.loads(line)["entry"] for line in raw.splitlines()][-2:]
    assert [(event["event"], event["from"]) for event in events] == [
        ("console-entered", "10.0.0.1"),
        ("console-refused", "10.0.0.9"),
    ]
    assert "secret" not in raw
