from pathlib import Path

import pytest
from facegate.console import verification as module
from facegate.console.verification import Progress, Verification, examine, last_outcome
from facegate.errors import StateError
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger

ADA = Actor("ada", "admin", "console")


def test_what_it_came_to_is_a_line_of_the_ledger(tmp_path: Path) -> None:
    with ChainedLedger(tmp_path, "console") as ledger:
        assert last_outcome(tmp_path) is None
        ledger.append_now({"event": "x"})
        verification = Verification(tmp_path, ledger)
        assert verification.start(ADA)
        verification.wait(20)
        assert verification.progress == Progress(
            done=verification.progress.total, total=verification.progress.total, by="ada"
        )
        found = last_outcome(tmp_path)
        assert found is not None
        assert (found.who, found.told("lines"), found.told("ok")) == ("ada", "1", "true")
        assert verification.start(ADA)  # and again
        verification.wait(20)
    assert examine(tmp_path).lines == 3
    assert examine(tmp_path).bad == ()


@pytest.mark.parametrize("error", [StateError("/home/secret: cannot be read"), RuntimeError("bug")])
def test_what_fails_is_told_without_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(_folder: Path, _heard: object) -> None:
        raise error

    monkeypatch.setattr(module, "examine", fail)
    with ChainedLedger(tmp_path, "console") as ledger:
        verification = Verification(tmp_path, ledger)
        verification.start(ADA)
        verification.wait(20)
        assert verification.progress.failed == "the ledger could not be verified; the console's log says why"
        assert not verification.progress.running


def test_how_far_it_is() -> None:
    assert [Progress(True, done, 200).percent for done in (0, 101, 199, 400)] == [0, 50, 99, 99]
    assert (Progress(False, 200, 200).percent, Progress().percent) == (100, 0)
