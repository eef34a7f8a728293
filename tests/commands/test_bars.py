import sys
from collections.abc import Callable

import pytest
from facegate.commands.bars import bar

SCRIPT = """
from facegate.commands.bars import bar
with bar("rewrapping") as tell:
    for done in range(3):
        tell(done, 2)
"""


def test_where_nobody_looks_there_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    with bar("rewrapping") as tell:
        tell(1, 2)
    assert capsys.readouterr() == ("", "")


def test_on_a_terminal_it_says_how_far_it_is(on_terminal: Callable[[list[str]], str]) -> None:
    shown = on_terminal([sys.executable, "-c", SCRIPT])
    assert "rewrapping" in shown
    assert "2/2" in shown
