from pathlib import Path

import pytest
from facegate.config import load
from facegate.errors import ConfigError
from facegate.state import served
from facegate.state.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.prepare(load(home=str(tmp_path / "home")))


@pytest.mark.parametrize("name", ["facegate.toml", "ä b\n.toml", "\udcff.toml"])
def test_a_home_knows_the_file_it_is_served_with(home: Home, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.touch()
    assert served.noted(home) is None
    served.note(home, tmp_path / "other.toml")
    served.note(home, file)
    assert served.noted(home) == file
    assert home.config_path.stat().st_mode & 0o777 == 0o600
    served.note(home, None)
    served.note(home, None)
    assert served.noted(home) is None
    assert not home.config_path.exists()


def test_a_relative_path_is_noted_as_a_whole_one(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "f.toml").touch()
    monkeypatch.chdir(tmp_path)
    served.note(home, Path("f.toml"))
    monkeypatch.chdir("/")
    assert served.noted(home) == tmp_path / "f.toml"


def test_a_home_that_is_none_has_no_note(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert served.noted(Home(tmp_path / "none")) is served.noted(Home(tmp_path / "file")) is None


def test_what_is_gone_or_no_note_is_told_in_one_line(home: Home, tmp_path: Path) -> None:
    served.note(home, tmp_path / "gone.toml")
    with pytest.raises(
        ConfigError, match=r"is served with .*/gone.toml, which is no file any more; give --config FILE$"
    ):
        served.noted(home)
    home.config_path.write_bytes(b"\x00")
    with pytest.raises(ConfigError, match=r"give --config FILE$"):
        served.noted(home)
    home.config_path.unlink()
    home.config_path.mkdir()
    with pytest.raises(ConfigError, match=r"config-path: cannot be read \(Is a directory\); give --config FILE$"):
        served.noted(home)
    with pytest.raises(ConfigError, match="config-path: cannot be"):
        served.note(home, None)
