from pathlib import Path

import pytest
from facegate.errors import ConfigError, HomeError
from facegate.state.private import private_file, read_private


def test_it_appears_whole_for_the_owner_alone(tmp_path: Path) -> None:
    with private_file(tmp_path / "out") as file:
        file.write(b"data")
        assert not (tmp_path / "out").exists()
    assert (tmp_path / "out").read_bytes() == b"data"
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o600


def test_it_replaces_nothing_unasked(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(ConfigError, match="--force"), private_file(tmp_path / "out"):
        pytest.fail("the block ran")
    with private_file(tmp_path / "out", force=True) as file:
        file.write(b"new")
    assert (tmp_path / "out").read_text() == "new"


def test_it_does_not_follow_a_link_that_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigError, match="exists"), private_file(tmp_path / "out") as file:
        file.write(b"data")
    assert not (tmp_path / "elsewhere").exists()


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), private_file(tmp_path / "out") as file:
        file.write(b"half" * (1 // 0))
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ConfigError, match="cannot be written"), private_file(tmp_path / "no" / "out"):
        pytest.fail("the block ran")


def test_a_secret_is_read_from_where_it_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOLD", " S3CRET\n")
    assert read_private("a.setting", {"env": "TOLD"}, "it") == "S3CRET"
    monkeypatch.delenv("TOLD")
    with pytest.raises(HomeError) as caught:
        read_private("a.setting", {"env": "TOLD"}, "a password")
    assert str(caught.value) == "a.setting: the environment variable TOLD is not set; it holds a password"
    with private_file(tmp_path / "in") as file:
        file.write(b"S3CRET\n")
    assert read_private("a.setting", {"file": str(tmp_path / "in")}, "it") == "S3CRET"
    (tmp_path / "in").chmod(0o644)
    with pytest.raises(HomeError, match="others can read"):
        read_private("a.setting", {"file": str(tmp_path / "in")}, "it")
