"""The measuring of a labelled folder, on a folder of two pictures: each share counts what it says."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "corpus.py"


@pytest.mark.live
def test_counts_what_arrived_and_what_did_not(
    tmp_path: Path, face_as: Callable[..., bytes], plain_as: Callable[..., bytes]
) -> None:
    labels = {
        "faces": [("astronaut.jpg", face_as("JPEG"), ["frontal"]), ("coffee.png", plain_as("PNG"), ["tiny"])],
        "nofaces": [("coffee.jpg", plain_as("JPEG"), [])],
    }
    for kind, pictures in labels.items():
        (tmp_path / kind).mkdir()
        rows = [{"path": f"{kind}/{name}", "tags": tags} for name, _, tags in pictures]
        (tmp_path / f"{kind}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        for name, data, _ in pictures:
            (tmp_path / kind / name).write_bytes(data)
    argv = [sys.executable, SCRIPT, "--corpus", str(tmp_path), "--json", str(tmp_path / "out.jsonl")]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "faces withheld, without `tiny`: 1 of 1 (100.0%)" in done.stdout
    assert "faces withheld, all: 1 of 2 (50.0%)" in done.stdout  # a cup that is labelled a face is not one
    assert "no faces passed: 1 of 1 (100.0%)" in done.stdout
    assert "| 451 faces | 1 | 0 |" in done.stdout
    outcomes = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [outcome["identical"] for outcome in outcomes] == [False, True, True]
