from pathlib import Path

from facegate.config import load
from facegate.diagnosis import sandbox
from facegate.diagnosis.finding import State
from facegate_addons.detection.builtin import builtin
from facegate_addons.workers.confine import LINUX

EVERY = dict.fromkeys(sandbox.ABOUT, "")


def test_a_real_worker_is_asked(tmp_path: Path) -> None:
    first, *others = sandbox.look(load(home=str(tmp_path / "home")))
    assert first.state is State.OK
    assert "writing files" in first.says
    assert all(it.state in (State.NOTE, State.WARNING) and it.do for it in others)


def test_what_cannot_be_started_is_a_problem(tmp_path: Path) -> None:
    (found,) = sandbox.look(load(home=str(tmp_path / "home"), detector__model="nobodys"))
    assert found.state is State.PROBLEM
    assert "nobodys" in found.says
    assert builtin().description.name in found.says


def test_with_every_measure_there_is_one_line() -> None:
    (found,) = sandbox.judged(EVERY)
    assert found.state is State.OK
    assert all(what in found.says for what, _, _ in sandbox.ABOUT.values())


def test_what_another_measure_closes_is_a_note_and_the_rest_a_warning() -> None:
    _, network = sandbox.judged(EVERY | {"network": "Operation not permitted"})
    assert (network.state, network.says) == (
        State.NOTE,
        "an inspection worker keeps the network (Operation not permitted); another measure still closes it",
    )
    found = list(sandbox.judged(EVERY | dict.fromkeys(LINUX, "Darwin has no such thing")))
    assert {it.state for it in found[1:]} == {State.NOTE, State.WARNING}  # a user that is not root has no capabilities
    assert len(found) == 1 + len(LINUX)
    nothing, *_ = sandbox.judged({})
    assert nothing.state is State.WARNING
