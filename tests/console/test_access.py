import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from console.browsing import PASSWORD
from facegate.console.access import AT_ONCE, FAILURES_OF_NAME, Door, Refused
from facegate.console.brake import FAILURES
from facegate.ledger.chained import ChainedLedger
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.users import Account


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def door(database: Database, ledger: ChainedLedger, people: None, clock: Clock) -> Door:
    return Door(database, ledger, clock)


def test_the_right_password_enters_under_the_name_that_was_added(door: Door) -> None:
    for name in ("eve", "EVE"):
        found = door.enter(name, PASSWORD, "10.0.0.1")
        assert isinstance(found, Account)
        assert (found.name, found.role) == ("eve", "operator")


@pytest.mark.parametrize(("name", "password"), [("", ""), ("nobody", PASSWORD), ("eve", ""), ("eve\0", "\ud800")])
def test_anything_else_does_not(door: Door, name: str, password: str) -> None:
    assert door.enter(name, password, "10.0.0.1") == Refused()


def test_the_brake_is_for_one_address_and_wears_off(door: Door, clock: Clock) -> None:
    for number in range(FAILURES):
        assert door.enter("eve", f"guess {number}", "10.0.0.1") == Refused()
        clock.now += 1
    outcome = door.enter("eve", PASSWORD, "10.0.0.1")
    assert isinstance(outcome, Refused)
    assert outcome.retry_after is not None
    assert isinstance(door.enter("eve", PASSWORD, "10.0.0.2"), Account)
    clock.now += outcome.retry_after
    assert isinstance(door.enter("eve", PASSWORD, "10.0.0.1"), Account)


def test_many_addresses_do_not_get_more_tries_at_one_name(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("facegate.console.access.check_password", lambda *_: None)  # 30 hashes take seconds
    for number in range(FAILURES_OF_NAME):
        assert door.enter("eve", "guess", f"10.0.0.{number}") == Refused()
    outcome = door.enter("Eve", "guess", "10.0.1.1")
    assert isinstance(outcome, Refused)
    assert outcome.retry_after is not None
    assert door.enter("rita", "guess", "10.0.1.1") == Refused()


def test_guessing_at_once_does_not_slip_through(door: Door) -> None:
    with ThreadPoolExecutor(30) as threads:
        outcomes = list(threads.map(lambda n: door.enter("eve", f"guess {n}", "10.0.0.1"), range(30)))
    assert FAILURES <= outcomes.count(Refused()) < FAILURES + AT_ONCE


def test_who_came_and_who_failed_is_in_the_ledger_without_what_was_typed(
    door: Door, home: Home, ledger: ChainedLedger
) -> None:
    door.enter("eve", PASSWORD, "10.0.0.1")
    door.enter("eve", "my other secret", "10.0.0.9")
    door.enter("a secret in the wrong field", "", "10.0.0.9")
    assert ledger.flush(5)
    raw = (home.ledger / "cli.jsonl").read_text()
    events = [json.loads(line)["entry"] for line in raw.splitlines()][-3:]
    assert [(event["event"], event["from"]) for event in events] == [
        ("console-entered", "10.0.0.1"),
        ("console-refused", "10.0.0.9"),
        ("console-refused", "10.0.0.9"),
    ]
    assert "secret" not in raw
