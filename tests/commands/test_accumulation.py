import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from facegate.config import load
from facegate.ledger.chained import ChainedLedger
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.spending import spend
from facegate.thresholds import Thresholds
from facegate_addons.domain.job import Spending
from facegate_addons.domain.model import utc_now


@pytest.fixture
def stopped(facegate: Any, people: None, case: str) -> None:
    """acme's job has one release, and the next one was one too many."""
    facegate.ok("job", "register", case)
    facegate.ok("job", "approve", "case", "--as", "eve")
    home = Home.prepare(load(home=str(facegate.home)))
    with Database.open(home.database) as database, ChainedLedger(home.ledger, "test") as ledger:
        for expected in (None, "accumulation"):
            why = database.write_now(
                lambda c: spend(c, ledger, "case", Spending(1, 1), Thresholds(releases=1), utc_now())
            )
            assert why == expected


def test_list_show_and_sign(facegate: Any, stopped: None) -> None:
    (found,) = facegate.json("accumulation", "list")["operators"]
    assert (found["operator"], found["why"], found["unsigned"]["releases"]) == ("acme", {"releases": 2}, 1)
    line = facegate.ok("accumulation", "list").splitlines()[1].split("\t")
    assert line[0] == "acme"
    assert line[1].startswith("stopped since ")
    assert line[4] == "1/10000"
    said = facegate.ok("accumulation", "show", "ACME")
    assert "facegate accumulation sign 'acme'" in said
    assert "\ncase\tapproved\t1\t1\t1\t1\t" in said
    assert said.count("\n90d, all\t") == 1
    assert facegate.json("accumulation", "show", "acme")["windows"]["1"]["releases"] == 1
    arguments = ("accumulation", "sign", "acme", "--as", "eve", "--reason", "order 12 covers it")
    assert "Its releases go on" in facegate.ok(*arguments)
    assert "nothing to sign" in facegate.refused(*arguments)
    (found,) = facegate.json("accumulation", "list")["operators"]
    assert (found["held"], found["signer"], found["unsigned"]["releases"]) == (None, "eve", 0)
    assert "order 12 covers it" in facegate.ok("ledger", "tail")


def test_what_a_signature_takes(facegate: Any, stopped: None) -> None:
    sign = ("accumulation", "sign", "acme")
    assert "reviewer or an admin" in facegate.refused(*sign, "--as", "olaf", "--reason", "because")
    assert "facegate user add" in facegate.refused(*sign, "--as", "nobody", "--reason", "because")
    assert "--reason" in facegate.refused(*sign, "--as", "eve")
    assert "accumulation list" in facegate.refused("accumulation", "show", "nobody")


def test_colours_are_for_a_terminal(facegate: Any, stopped: None, on_terminal: Callable[[list[str]], str]) -> None:
    program = str(Path(sys.executable).with_name("facegate"))
    assert "stopped since" in on_terminal([program, "accumulation", "list", "--home", str(facegate.home)])
