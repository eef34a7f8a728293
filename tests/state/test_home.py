import os
import subprocess
import sys
from pathlib import Path

import pytest
from facegate.config import load
from facegate.errors import HomeError
from facegate.state.home import Home


def test_prepare_creates_everything_for_the_owner_alone(tmp_path: Path) -> None:
    home = Home.prepare(load(home=str(tmp_path / "new" / "home")))
    for folder in (home.path, home.vault, home.ledger, home.ca, home.models, home.run):
        assert folder.stat().st_mode & 0o777 == 0o700
    assert home.database.parent == home.master_key.parent == home.path


def test_an_open_home_is_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    Home.prepare(load(home=str(tmp_path)))
    assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_a_folder_of_other_things_is_not_closed_to_others(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "photos").mkdir()
    with pytest.raises(HomeError, match="chmod 700"):
        Home.prepare(load(home=str(tmp_path)))
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]


@pytest.mark.parametrize("below", ["file", "file/home"])
def test_a_file_in_its_place_is_one_line(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(HomeError, match=r"is not a directory.*--home") as caught:
        Home.prepare(load(home=str(tmp_path / below)))
    assert "\n" not in str(caught.value)
    assert (tmp_path / "file").read_text() == "mine"


def test_without_permission_it_says_so(tmp_path: Path) -> None:
    """In a child that is nobody: root may do everything."""
    tmp_path.chmod(0o755)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555 if os.geteuid() else 0o755)
    script = (
        "import os, sys\nfrom facegate.config import load\nfrom facegate.state.home import Home\n"
        "if os.geteuid() == 0: os.setuid(65534)\n"
        f"Home.prepare(load(home={str(closed / 'home')!r}))"
    )
    child = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "HomeError" in child.stderr
    assert "cannot be created (Permission denied); choose another with --home" in child.stderr
