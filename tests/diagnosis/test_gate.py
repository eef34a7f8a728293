"""Real gateways: one with a sound configuration, one whose threshold finds nothing, one that cannot start."""

from pathlib import Path

import pytest
from facegate.config import load
from facegate.diagnosis import gate
from facegate.diagnosis.finding import State
from facegate.selftest.cases import Case
from facegate.selftest.replay import Result
from facegate.serve import lock
from facegate.state.home import Home

pytestmark = pytest.mark.timeout(300)
PASSES = Case("an ordinary page", b"", passes=True)


def case(number: int, wrong: str = "") -> Result:
    return Result(Case(f"case {number}", b""), 451, wrong)


@pytest.mark.live
def test_a_threshold_that_finds_nothing_is_told_and_the_rest_tried_with_the_shipped_one(tmp_path: Path) -> None:
    settings = load(home=str(tmp_path / "home"), detector__threshold=0.99, policy__faces="redact")
    blind, holds = gate.try_out(settings)
    assert (blind.state, holds.state) == (State.WARNING, State.OK)
    assert "no face to centerface" in blind.says
    assert "holds: 52 ways" in holds.says


def test_what_cannot_be_started_is_a_problem(tmp_path: Path) -> None:
    (found,) = gate.try_out(load(home=str(tmp_path / "home"), detector__model="nobodys"))
    assert found.state is State.PROBLEM
    assert "did not start" in found.says


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"listen__mode": "socks5"}, "its mode is socks5"),
        ({"egress__private": False}, "refuses this machine's own addresses"),
        ({"identity__required": True}, "wants credentials"),
    ],
)
def test_why_one_that_serves_is_not_tried(given: dict[str, object], why: str, tmp_path: Path) -> None:
    home = Home.prepare(load(home=str(tmp_path / "home")))
    (nobody,) = gate.try_serving(load(**given), home)
    assert "no gateway serves" in nobody.says
    with lock.alone(home.run):
        (found,) = gate.try_serving(load(**given), home)
    assert found.state is State.NOTE
    assert why in found.says


def test_a_leak_is_named_and_many_are_counted() -> None:
    (well,) = gate.judged([Result(PASSES, 200, ""), *(case(n) for n in range(9))], "it")
    assert (well.state, "it holds: 9 ways" in well.says) == (State.OK, True)
    found = list(gate.judged([case(n, "some of the picture came through") for n in range(9)], "it"))
    assert [it.state for it in found] == [State.PROBLEM] * 6
    assert "“case 0”: some of the picture came through" in found[0].says
    assert found[-1].says == "it: and 4 more"
