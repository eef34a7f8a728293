import dataclasses
from pathlib import Path

import pytest
from facegate.serve.outcome import DONE, NAME, REFUSED, RUNNING, STOPPED, WAITS, Outcome, note, noted


def test_what_is_noted_is_read(tmp_path: Path) -> None:
    assert noted(tmp_path) is None
    for it in (Outcome(7), Outcome(7, 3, STOPPED, 2, 1, "", "gateway 1: not ready")):
        note(tmp_path, it)
        assert noted(tmp_path) == it
    assert [file.name for file in tmp_path.iterdir()] == [NAME]


@pytest.mark.parametrize("text", ["", "[]", '{"pid": 1, "mood": "good"}', "{}", '"x"', "{", "\xff"])
def test_what_is_no_outcome_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_bytes(text.encode("latin-1"))
    assert noted(tmp_path) is None


def test_which_are_over() -> None:
    over = [
        state for state in (WAITS, RUNNING, DONE, REFUSED, STOPPED) if dataclasses.replace(Outcome(1), state=state).over
    ]
    assert over == [DONE, REFUSED, STOPPED]
