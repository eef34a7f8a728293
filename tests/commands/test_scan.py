import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from facegate.cli import main
from PIL import Image

FACEGATE = [sys.executable, "-m", "facegate.cli"]


def run(*args: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*FACEGATE, "scan", *map(str, args)], capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path, face_jpeg: bytes, plain_jpeg: bytes) -> Path:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "face.txt").write_bytes(face_jpeg)
    (tmp_path / "a.jpg").write_bytes(plain_jpeg)
    (tmp_path / "noise").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "dead").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    return tmp_path


def test_json(folder: Path) -> None:
    done = run(folder, "--json", "--jobs", "2")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    told = {Path(line["path"]).name: (line["verdict"], line["reason"]) for line in lines}
    assert list(told) == ["a.jpg", "dead", "noise", "pipe", "face.txt"]
    assert told["a.jpg"] == ("clear", "clear")
    assert told["face.txt"] == ("faces", "faces")
    assert told["noise"] == ("unreadable", "unknown-type")
    assert told["pipe"] == ("unreadable", "unsupported-type")
    assert told["dead"][0] == "unreadable"
    (face,) = lines[-1]["faces"]
    left, top, right, bottom = face["box"]
    assert 150 < left < right < 300
    assert 30 < top < bottom < 220
    assert 0.5 < face["score"] <= 1
    assert all(set(line) == {"path", "verdict", "reason", "faces", "ms"} and line["ms"] > 0 for line in lines)
    assert done.returncode == 1  # faces tell more than what could not be read
    assert done.stderr == ""


def test_exit_codes(folder: Path) -> None:
    assert run(folder / "a.jpg").returncode == 0
    assert run(folder / "noise", folder / "a.jpg").returncode == 2
    assert run(folder / "b").returncode == 1


def test_text(folder: Path) -> None:
    done = run(folder / "a.jpg", folder / "b")
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["clear", "faces"]


def test_on_a_terminal_it_closes_with_the_counts(folder: Path, on_terminal: Callable[..., str]) -> None:
    shown = on_terminal([*FACEGATE, "scan", str(folder)])
    assert re.search(r"5 files in \d+ s · 1 with faces · 3 unreadable · 1 clear\n$", shown)
    assert re.search(rf"unreadable +{folder}/noise", shown)


@pytest.mark.parametrize("name", ["a:100:b.txt", "[red]x[bold].txt", "a b" * 60 + ".txt"])
def test_names_come_out_as_they_are(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("plain")
    (line,) = run(tmp_path, "--json").stdout.splitlines()
    assert json.loads(line)["path"] == str(tmp_path / name)
    (line,) = run(tmp_path).stdout.splitlines()
    assert f" {tmp_path / name} " in line


def test_a_name_cannot_play_with_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "\x1b[2J.txt").write_text("plain")
    assert "/\\u001b[2J.txt" in run(tmp_path).stdout


def test_the_configuration_counts(tmp_path: Path, plain_jpeg: bytes) -> None:
    home, config = tmp_path / "home", tmp_path / "facegate.toml"
    (tmp_path / "a.jpg").write_bytes(plain_jpeg)
    config.write_text("[limits]\nbody = 10\n")
    done = run(tmp_path / "a.jpg", "--json", "--config", config, "--home", home)
    assert json.loads(done.stdout)["reason"] == "limit-body"
    config.write_text("[detector]\nthreshold = 2\n")
    assert "detector.threshold" in run(tmp_path / "a.jpg", "--config", config).stderr
    assert not home.exists()


def test_waiting_for_a_worker_is_no_overload(tmp_path: Path) -> None:
    """Both take all of their time, one after the other."""
    (tmp_path / "facegate.toml").write_text("[limits]\nseconds = 2\n")
    (tmp_path / "slow").mkdir()
    noise = np.random.default_rng(1).integers(90, 160, (6_000, 6_000)).astype(np.uint8)
    for name in ("a.bmp", "b.bmp"):
        Image.fromarray(noise).save(tmp_path / "slow" / name)
    done = run(tmp_path / "slow", "--json", "--jobs", "1", "--config", tmp_path / "facegate.toml")
    assert [json.loads(line)["reason"] for line in done.stdout.splitlines()] == ["limit-time", "limit-time"]


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(1 << 40)
    (line,) = map(json.loads, run(tmp_path, "--json").stdout.splitlines())
    assert (line["verdict"], line["reason"]) == ("unreadable", "limit-body")


def test_a_folder_that_cannot_be_opened_is_unreadable(tmp_path: Path, plain_jpeg: bytes) -> None:
    (tmp_path / "a.jpg").write_bytes(plain_jpeg)
    depth = os.open(tmp_path, os.O_RDONLY)
    for _ in range(20):  # longer than a path may be: closed to everybody, whoever runs the test
        os.mkdir("d" * 250, dir_fd=depth)
        above, depth = depth, os.open("d" * 250, os.O_RDONLY, dir_fd=depth)
        os.close(above)
    os.close(depth)
    done = run(tmp_path, "--json")
    first, last = map(json.loads, done.stdout.splitlines())
    assert first["verdict"] == "clear"
    assert (last["verdict"], last["reason"]) == ("unreadable", "inspection-failed")
    assert done.returncode == 2


def test_no_such_path(tmp_path: Path) -> None:
    done = run(tmp_path / "nope")
    assert done.returncode == 2
    assert done.stderr == f"facegate: {tmp_path}/nope: no such file or folder\n"


def test_ctrl_c(tmp_path: Path, plain_jpeg: bytes) -> None:
    for number in range(2000):
        (tmp_path / f"{number:04}.jpg").write_bytes(plain_jpeg)
    process = subprocess.Popen([*FACEGATE, "scan", tmp_path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()  # it is at work
    process.send_signal(signal.SIGINT)
    started = time.monotonic()
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert told == "stopped\n"
    assert time.monotonic() - started < 20


def test_help_names_the_exit_codes() -> None:
    from click.testing import CliRunner

    told = CliRunner().invoke(main, ["scan", "--help"]).output
    assert "Exit status 0" in told


def test_redacted_copies(folder: Path) -> None:
    out = folder / "out"
    done = run(folder, "--redact", out, "--json")
    lines = {Path(line["path"]).name: line for line in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 1
    assert [path.relative_to(out) for path in out.rglob("*") if path.is_file()] == [Path("b/face.txt")]
    assert lines["face.txt"]["redacted"] == str(out / "b" / "face.txt")
    assert (lines["a.jpg"]["redacted"], lines["noise"]["redacted"], lines["noise"]["unredacted"]) == ("", "", "")
    assert run(out).returncode == 0
    again = run(folder / "b", "--redact", out / "b")
    assert again.returncode == 2
    assert (again.stdout, again.stderr.count("\n")) == ("", 1)
    assert "is there already" in again.stderr


def test_what_cannot_be_redacted_is_told(tmp_path: Path, face_as: object) -> None:
    (tmp_path / "face.icns").write_bytes(face_as("ICNS", size=(256, 256)))
    done = run(tmp_path, "--redact", tmp_path / "out")
    assert done.returncode == 1
    assert "not redacted: unsupported-type" in done.stdout
    assert not (tmp_path / "out").exists()
    blocked = tmp_path / "blocked"
    blocked.write_bytes(b"")
    done = run(tmp_path / "face.icns", "--redact", blocked)
    assert done.returncode == 2


def test_a_copy_that_cannot_be_written_ends_the_scan(tmp_path: Path, face_jpeg: bytes) -> None:
    (tmp_path / "face.jpg").write_bytes(face_jpeg)
    (tmp_path / "file").write_bytes(b"")
    done = run(tmp_path / "face.jpg", "--redact", tmp_path / "file" / "below")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
