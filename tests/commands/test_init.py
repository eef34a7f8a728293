import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from facegate.cli import main
from facegate.config import load


def run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["init", *arguments])
    return done.exit_code, done.stdout, done.stderr


def test_it_writes_three_files_and_says_what_comes_next(tmp_path: Path) -> None:
    status, out, err = run(str(tmp_path / "new"), "--yes", "--operator", "acme")
    assert (status, err) == (0, "")
    written = {path.name for path in (tmp_path / "new").iterdir()}
    assert {"facegate.toml", "first-job.toml"} < written
    assert len(written) == 3
    assert f"facegate serve --config {tmp_path / 'new' / 'facegate.toml'}" in out
    assert load(tmp_path / "new" / "facegate.toml").loopback_only


def test_what_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "facegate.toml").write_text("# mine\n")
    status, _, err = run(str(tmp_path), "--yes")
    assert (status, "is there already" in err) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["facegate.toml"]
    assert (tmp_path / "facegate.toml").read_text() == "# mine\n"
    status, out, _ = run(str(tmp_path), "--force", "--json", "--for", "network", "--listen", "10.0.0.2:3128")
    assert status == 0
    assert json.loads(out)["listen"] == "10.0.0.2:3128"
    assert load(tmp_path / "facegate.toml").listen.host == "10.0.0.2"


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--network", "ten", "--network: write addresses like 10.0.0.0/24, not 'ten'"),
        ("--listen", "10.0.0.2", "--listen: write HOST:PORT"),
        ("--keep", "long", "--keep: "),
    ],
)
def test_an_answer_that_is_none_is_one_line(tmp_path: Path, option: str, value: str, says: str) -> None:
    status, _, err = run(str(tmp_path), "--yes", option, value)
    assert status == 2
    assert err.startswith(f"facegate: {says}")
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_on_a_terminal_it_asks(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    argv = [sys.executable, "-m", "facegate.cli", "init", str(tmp_path), "--operator", "acme", "--keep", "7d"]
    process = subprocess.Popen(argv, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    os.write(ours, b"network\n10.0.0.2:8080\n10.0.0.0/16\nredact\n")
    out, err = process.communicate(timeout=120)
    os.close(theirs)
    os.close(ours)
    assert process.returncode == 0, err
    assert "Where do crawlers run" in out
    assert "Who runs the crawls" not in out  # told already
    found = load(tmp_path / "facegate.toml")
    assert (found.listen.host, found.policy.faces, found.vault.keep) == ("10.0.0.2", "redact", "7d")
    wall = next(path for path in tmp_path.iterdir() if path.suffix in (".nft", ".pf"))
    assert "10.0.0.0/16" in wall.read_text()
