import collections
import shutil
from pathlib import Path

import pytest
from facegate import ca
from facegate.diagnosis import files
from facegate.diagnosis.finding import State
from facegate.state.home import Home


def states(home: Home) -> list[State]:
    return [it.state for it in files.look(home)]


def test_a_home_as_it_is_made_is_in_order(home: Home) -> None:
    ca.prepare(home.ca)
    assert set(states(home)) <= {State.OK, State.WARNING}  # a disk may be slow, or nearly full


def test_what_others_can_read_is_named_with_what_to_do(home: Home) -> None:
    ca.prepare(home.ca)
    home.master_key.touch(0o644)
    (home.ca / "facegate-ca.pem").chmod(0o640)
    home.path.chmod(0o755)
    found = [it for it in files.look(home) if it.state is State.PROBLEM]
    assert [it.do for it in found] == [
        f"chmod 700 {home.path}",
        f"chmod 600 {home.master_key}",
        f"chmod 600 {home.ca / 'facegate-ca.pem'}",
    ]


def test_a_home_that_is_not_there_is_made_later(tmp_path: Path) -> None:
    first, *_ = files.look(Home(tmp_path / "none" / "home"))
    assert (first.state, first.do) == (State.NOTE, "facegate serve makes it")


def test_one_that_cannot_be_written_is_a_problem(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.tempfile, "TemporaryFile", full)
    assert f"{home.path} cannot be used (No space left on device)" in [it.says for it in files.look(home)]


@pytest.mark.parametrize(("free", "state"), [(10 << 30, State.OK), (1 << 30, State.WARNING), (1 << 20, State.PROBLEM)])
def test_room(home: Home, free: int, state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = collections.namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(free, 0, free))
    assert states(home)[-1] is state
