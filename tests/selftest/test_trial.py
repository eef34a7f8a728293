from pathlib import Path

import pytest
from facegate.config import Config, load
from facegate.errors import HomeError
from facegate.selftest.trial import ALONE, KEPT, trial


def test_every_section_is_either_kept_or_replaced() -> None:
    sections = {name for name in Config.__dataclass_fields__ if name not in ("home", "source")}
    assert sections == {*ALONE, *KEPT}


def test_one_that_cannot_start_says_why_in_a_line(tmp_path: Path) -> None:
    settings = load(home=str(tmp_path / "own"), detector__model="nobodys")
    with pytest.raises(HomeError, match=r"did not start: facegate: .*nobodys"):
        trial(settings, tmp_path).__enter__()
