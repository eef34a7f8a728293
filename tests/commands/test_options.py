"""Whose settings a verb goes by."""

from pathlib import Path

import pytest
from facegate import config
from facegate.commands.options import configured, given
from facegate.errors import ConfigError
from facegate.state import served
from facegate.state.home import Home

from tests.commands.conftest import Facegate


@pytest.fixture
def home(facegate: Facegate) -> Home:
    return Home.prepare(config.load(home=str(facegate.home)))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "facegate.toml"
    path.write_text("[jobs]\nhosts_max = 7\n[accumulation]\nsubjects = 3\n")
    return path


def test_a_verb_goes_by_the_file_its_home_is_served_with(home: Home, file: Path) -> None:
    assert configured(None, home.path).source is None
    served.note(home, file)
    found = configured(None, home.path)
    assert (found.source, found.home, found.job_rules.hosts_max) == (file, home.path, 7)
    assert found.accumulation.thresholds.subjects == 3
    assert given(None, home.path).source is None


def test_so_does_one_for_the_default_home(home: Home, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config.platformdirs, "user_state_dir", lambda *_, **__: str(home.path))
    served.note(home, file)
    found = configured(None, None)
    assert (found.source, found.home) == (file, home.path)


def test_what_is_given_wins(home: Home, file: Path, tmp_path: Path) -> None:
    served.note(home, tmp_path / "gone.toml")
    assert configured(file, home.path).source == file
    file.write_text(f'home = "{home.path}"\n')
    assert configured(file, None).home == home.path


def test_a_file_of_this_home_may_name_it(home: Home, file: Path) -> None:
    file.write_text(f'home = "{home.path}"\n[jobs]\nhosts_max = 7\n')
    served.note(home, file)
    assert configured(None, home.path).job_rules.hosts_max == 7


def test_a_file_of_another_home_is_not_taken(home: Home, file: Path, tmp_path: Path) -> None:
    file.write_text(f'home = "{tmp_path / "other"}"\n')
    served.note(home, file)
    with pytest.raises(ConfigError, match=r"names another home, .*/other; give --config FILE$"):
        configured(None, home.path)


def test_the_rules_of_the_gateway_bind_who_registers(facegate: Facegate, home: Home, file: Path, broad: str) -> None:
    file.write_text('[jobs]\nconditions = "required"\n')
    served.note(home, file)
    assert "conditions" in facegate("job", "register", broad).stderr
    file.unlink()
    assert "give --config FILE" in facegate.refused("job", "register", broad)
    facegate.ok("job", "list")  # needs no settings: a copy of a home is read anywhere
    facegate.ok("ledger", "verify")
    served.note(home, None)
    facegate.ok("job", "register", broad)
