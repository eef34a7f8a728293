from typing import Any

import pytest
from facegate.config import load
from facegate.diagnosis import configuration
from facegate.diagnosis.finding import State


@pytest.mark.parametrize(
    ("given", "warned"),
    [
        ({}, []),
        ({"policy__mode": "observe"}, ["observe mode"]),
        ({"listen__host": "0.0.0.0"}, []),
        ({"listen__host": "0.0.0.0", "identity__required": False}, ["0.0.0.0:8080"]),
        ({"listen__host": "0.0.0.0", "egress__private": True}, ["private network"]),
    ],
)
def test_what_most_would_not_want_is_a_warning(given: dict[str, Any], warned: list[str]) -> None:
    first, *others = configuration.look(load(**given))
    assert (first.state, first.says) == (State.OK, "there is no file; the defaults hold")
    assert [it.state for it in others] == [State.WARNING] * len(warned)
    assert all(word in it.says for word, it in zip(warned, others, strict=True))
