from pathlib import Path

import pytest
from facegate.demo.gateway import Gateway
from facegate.errors import HomeError


def test_one_that_does_not_start_says_why_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(HomeError, match=r"^the gateway did not start: facegate: .*home") as raised:
        Gateway(tmp_path / "home", tmp_path / "log").__enter__()
    assert "\n" not in str(raised.value)


def test_a_verb_that_fails_says_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match=r"`facegate job show none` ended with 2: facegate: "):
        Gateway(tmp_path / "home", tmp_path / "log").verb("job", "show", "none")
