import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tiny_models
from file_server import FileServer
from live.processes import eventually

LARGE = bytes(range(251)) * 4_000
FACEGATE = [sys.executable, "-m", "facegate.cli"]


@pytest.fixture
def red(tmp_path: Path) -> tuple[str, str]:
    """A description and its weights."""
    description, weights = tiny_models.written(tmp_path, tiny_models.yunet())
    return str(description), str(weights)


@pytest.fixture
def added(facegate: Any, red: tuple[str, str]) -> Path:
    facegate.ok("model", "add", red[0], "--weights", red[1])
    return Path(facegate.home / "models" / "red")


@pytest.fixture
def chosen(tmp_path: Path) -> str:
    config = tmp_path / "facegate.toml"
    config.write_text('[detector]\nmodel = "red"\n')
    return str(config)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FileServer]:
    """Serves a megabyte; described.toml next to it says so."""
    with FileServer(LARGE) as server:
        (tmp_path / "described.toml").write_text(tiny_models.described(LARGE, top=f'url = "{server.url}"'))
        yield server


def test_add_says_how_to_use_it(facegate: Any, red: tuple[str, str], chosen: str) -> None:
    said = facegate.ok("model", "add", red[0], "--weights", red[1])
    assert said == (
        f'red is in {facegate.home}/models/red.\nTo use it, write into facegate.toml: [detector] model = "red"\n'
    )
    assert "To use it" not in facegate.ok("model", "add", red[0], "--config", chosen)
    (facts,) = [facegate.json("model", "add", red[0], "--force", "--weights", red[1])]
    assert (facts["name"], facts["path"]) == ("red", f"{facegate.home}/models/red/weights.onnx")


def test_list(facegate: Any, added: Path, chosen: str) -> None:
    names, builtin, red = facegate.ok("model", "list").splitlines()
    assert names.split("\t") == ["name", "origin", "rule", "threshold", "license", "sha256", ""]
    assert builtin.split("\t")[:5] == ["centerface", "built-in", "centerface", "0.4", "MIT"]
    assert builtin.endswith("\tin use")
    assert red.split("\t")[:5] == ["red", "added", "yunet", "0.5", "CC0-1.0"]
    assert red.endswith("\t")
    assert [(one["name"], one["in_use"]) for one in facegate.json("model", "list", "--config", chosen)] == [
        ("centerface", False), ("red", True),
    ]  # fmt: skip


def test_list_makes_no_home_and_names_what_is_missing(facegate: Any, chosen: str) -> None:
    assert len(facegate.ok("model", "list").splitlines()) == 2
    missing = facegate("model", "list", "--config", chosen)
    assert (missing.exit_code, missing.stderr) == (2, 'facegate: detector.model = "red" is not installed\n')
    assert not facegate.home.exists()


def test_list_names_a_damaged_one(facegate: Any, added: Path) -> None:
    (added / "model.toml").write_text("")
    said = facegate("model", "list")
    assert said.exit_code == 2
    assert said.stderr == f"facegate: {added}/model.toml: name is missing\n"
    assert "centerface" in said.stdout


def test_verify(facegate: Any, added: Path) -> None:
    assert [line.split("\t")[:2] for line in facegate.ok("model", "verify").splitlines()[1:]] == [
        ["centerface", "ok"], ["red", "ok"],
    ]  # fmt: skip
    assert all(one["ok"] for one in facegate.json("model", "verify"))
    (added / "weights.onnx").write_bytes(b"something else")
    said = facegate("model", "verify")
    assert said.exit_code == 1
    assert "red\tbad\t" in said.stdout
    assert said.stderr.startswith(f"facegate: {added}/weights.onnx: its sha256 is ")
    told = facegate("model", "verify", "--json")
    assert (told.exit_code, [one["ok"] for one in json.loads(told.stdout)]) == (1, [True, False])


def test_mistakes_are_one_line(facegate: Any, red: tuple[str, str], tmp_path: Path) -> None:
    assert "has no url; give the weights with --weights PATH" in facegate.refused("model", "add", red[0])
    assert "No such file" in facegate.refused("model", "add", red[0], "--weights", str(tmp_path / "absent"))
    assert "is no text; name the description" in facegate.refused("model", "add", red[1])
    assert facegate("model", "add").exit_code == 2


def test_scan_looks_with_it(facegate: Any, added: Path, chosen: str, tmp_path: Path) -> None:
    (tmp_path / "red.png").write_bytes(tiny_models.png((96, 192, 64)))
    said = facegate("scan", str(tmp_path / "red.png"), "--json", "--config", chosen)
    assert (said.exit_code, json.loads(said.stdout)["verdict"]) == (1, "faces")
    assert facegate("scan", str(tmp_path / "red.png")).exit_code == 0  # CenterFace sees no face in it
    (added / "weights.onnx").write_bytes(b"something else")
    assert "not the weights that red was described with" in facegate.refused(
        "scan", str(tmp_path / "red.png"), "--config", chosen
    )


def adding(home: Path, tmp_path: Path, **how: Any) -> "subprocess.Popen[str]":
    command = [*FACEGATE, "model", "add", str(tmp_path / "described.toml"), "--home", str(home)]
    return subprocess.Popen(command, text=True, **how)


def arrived(home: Path) -> int:
    """Bytes of what is being added."""
    return sum(part.stat().st_size for part in home.glob("models/.*/weights.onnx"))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_stopped_midway_and_gone_on_with(
    facegate: Any, server: FileServer, tmp_path: Path, number: signal.Signals
) -> None:
    server.hang_after = half = len(LARGE) // 2
    with adding(facegate.home, tmp_path, stderr=subprocess.PIPE) as process:
        eventually(lambda: arrived(facegate.home) == half, 30, "half of it is there")
        process.send_signal(number)
        _, said = process.communicate(timeout=30)
    if number == signal.SIGINT:
        assert (process.returncode, said) == (130, "facegate: stopped; run the same again to go on from there\n")
    server.hang_after = None
    server.go_on.set()
    # it is no network, which is found once it is whole
    assert facegate.refused("model", "add", str(tmp_path / "described.toml")).startswith("facegate: red: is no")
    assert [asked.get("Range") for asked in server.asked] == [None, f"bytes={half}-"]


def test_a_bar_on_a_terminal(facegate: Any, server: FileServer, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    server.hang_after = len(LARGE) // 2
    with adding(facegate.home, tmp_path, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        while b"0.5/1.0 MB" not in shown:
            shown += os.read(ours, 4096)
        process.kill()
    os.close(ours)
    assert b"weights" in shown
