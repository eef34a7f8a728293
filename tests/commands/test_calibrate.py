"""The whole way, with real workers, on free pictures: the astronaut down to a face of three pixels, and others."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skimage.data
from facegate.commands.calibrate import score_of
from facegate_addons.domain.model import Clear, Faces, Finding, Unreadable
from facegate_addons.domain.reasons import Reason
from PIL import Image

FACEGATE = [sys.executable, "-m", "facegate.cli", "scan"]
SIDES = (512, 256, 128, 96, 80, 72, 64, 56, 48, 40, 32, 28, 24, 20, 16)
FACELESS = ("coffee", "coins", "rocket", "chelsea", "brick", "moon", "page", "text", "grass", "gravel", "logo")


def run(*args: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*FACEGATE, *map(str, args)], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("labelled")
    for name in ("faces/small", "nofaces"):
        (folder / name).mkdir(parents=True)
    face = Image.fromarray(skimage.data.astronaut())
    for side in SIDES:
        below = "small" if side < 64 else ""
        face.resize((side, side), Image.Resampling.LANCZOS).save(folder / "faces" / below / f"{side}.png")
    for name in FACELESS:
        picture = Image.fromarray(np.asarray(getattr(skimage.data, name)()))
        for side in (picture.width, picture.width // 2):
            picture.resize((side, side)).save(folder / "nofaces" / f"{name}-{side}.png")
    (folder / "faces" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0" * 99)
    (folder / "nofaces" / "README").write_text("where they are from")
    return folder


@pytest.fixture(scope="module")
def told(folder: Path) -> Any:
    done = run("--calibrate", folder, "--json", "--jobs", 2)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_every_picture_has_its_score_also_under_the_threshold(told: Any) -> None:
    scores = {file["path"]: file["score"] for file in told["files"]}
    assert len(scores) == len(SIDES) + 2 * len(FACELESS) + 2
    assert 0 < scores["faces/small/16.png"] < told["present"]["threshold"] < scores["faces/512.png"]
    assert scores["nofaces/coffee-600.png"] < told["present"]["threshold"]
    assert scores["faces/broken.jpg"] is scores["nofaces/README"] is None
    why = {file["path"]: file["why"] for file in told["files"] if file["why"]}
    assert why == {"faces/broken.jpg": "undecodable (jpeg)", "nofaces/README": "no picture"}


def test_it_says_what_a_threshold_rests_on(told: Any, folder: Path) -> None:
    assert set(told["versions"]) >= {"facegate", "model", "weights", "threshold", "min_face", "views"}
    assert told["folder"] == str(folder)
    assert all(len(file["sha256"]) == 64 for file in told["files"])
    assert told["present"]["threshold"] == float(told["versions"]["threshold"])
    assert told["present"]["recall"]["of"] == len(SIDES)
    assert told["present"]["false_positives"]["of"] == 2 * len(FACELESS)
    assert [point["level"] for point in told["points"]] == [0.001, 0.005, 0.01, 0.02, 0.05]
    assert told["points"][0]["threshold"] is None
    assert told["points"][-1]["recall"]["low"] < told["points"][-1]["recall"]["rate"]
    assert set(told["tags"]) == {"small"}


def test_a_scan_at_the_present_threshold_agrees(told: Any, folder: Path) -> None:
    lines = [json.loads(line) for line in run(folder / "faces", folder / "nofaces", "--json").stdout.splitlines()]
    withheld = {str(Path(line["path"]).relative_to(folder)): line["verdict"] == "faces" for line in lines}
    assert withheld == {file["path"]: (file["score"] or 0) >= told["present"]["threshold"] for file in told["files"]}


def test_a_configured_threshold_is_the_present_one(folder: Path, tmp_path: Path) -> None:
    config = tmp_path / "facegate.toml"
    config.write_text("[detector]\nthreshold = 0.9\nmin_face = 40\n")
    told = json.loads(run("--calibrate", folder, "--json", "--config", config).stdout)
    assert told["versions"]["threshold"] == "0.9"
    assert told["versions"]["min_face"] == "40"
    assert told["present"]["threshold"] == 0.9
    assert told["present"]["recall"]["hits"] == sum(
        (file["score"] or 0) >= 0.9 for file in told["files"] if file["face"]
    )
    assert 0 < told["present"]["recall"]["hits"] < len(SIDES)


def test_on_a_terminal_it_closes_with_what_to_write(folder: Path, on_terminal: Callable[[list[str]], str]) -> None:
    shown = on_terminal([*FACEGATE, "--calibrate", str(folder)])
    assert "15 pictures with a face and 22 without" in shown
    assert "│ now " in shown
    assert "\nmissed " in shown
    assert "█" in shown
    assert "│ faces/small/16.png │" in shown
    assert shown.splitlines()[-1].startswith("Too few pictures to choose a threshold by: 20 with a face")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "facegate: name what to look at, as in: facegate scan PATH...\n"),
        (("--mistakes", "3", "."), "facegate: --mistakes goes with --calibrate DIR only\n"),
        (("--calibrate", "DIR", "a.jpg"), "facegate: --calibrate looks at DIR alone; leave a.jpg away\n"),
        (
            ("--calibrate", "DIR", "--json", "--mistakes", "3"),
            "facegate: --json has every picture with its score; leave",
        ),
        (
            ("--calibrate", "DIR"),
            "facegate: DIR: no such folder; a labelled folder has the folders faces/ and nofaces/",
        ),
    ],
)
def test_a_usage_error_is_one_line(tmp_path: Path, options: tuple[str, ...], told: str) -> None:
    done = subprocess.run([*FACEGATE, *options], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(told)
    assert done.stderr.count("\n") == 1


def test_the_score_of_a_verdict() -> None:
    assert score_of(Faces((Finding((0, 0, 9, 9), 0.3),))) == (0.3, "")
    assert score_of(Clear("png")) == (0.0, "")
    assert score_of(Clear("text")) == score_of(Clear("empty")) == (None, "no picture")
    assert score_of(Unreadable(Reason.LIMIT_TIME)) == (None, "limit-time")
