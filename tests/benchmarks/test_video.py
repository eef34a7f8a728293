"""`make bench-video` in small, on a folder of one clip."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import skimage.data
from inspection.video.conftest import encoded, scaled

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "video.py"


def test_measures_its_own_clips_and_those_of_a_folder(tmp_path: Path) -> None:
    face = scaled(skimage.data.astronaut()[0:360, 16:496])
    (tmp_path / "walk.mp4").write_bytes(encoded([np.roll(face, number, 1) for number in range(8)]))
    (tmp_path / "video.jsonl").write_text(json.dumps({"path": "video/walk.mp4", "has_face": True}), encoding="utf-8")
    argv = [sys.executable, SCRIPT, "--seconds", "0.2", "--min-face", "40", "--clips", str(tmp_path)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr
    for name in ("H.264 720p", "VP9 1080p", "MPEG-4 720p"):
        assert f"| {name} | 0.2 s | 6 |" in done.stdout
    (verdict,) = (line for line in done.stdout.splitlines() if "faces (" in line)
    assert verdict.startswith("| walk.mp4 |")
    assert verdict.endswith("| yes |")
