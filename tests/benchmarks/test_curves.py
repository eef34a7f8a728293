"""`make bench-curves` in small, on a real gateway; and tables of loads written here."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))

from benchmarks.gate import curves  # noqa: E402


@pytest.mark.live
def test_jobs_ask_in_turns(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    argv = [sys.executable, "-m", "benchmarks.gate.curves", "--only", "jobs", "--rounds", "1", "--seconds", "1"]
    argv += ["--json", str(out)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=280, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    points = json.loads(out.read_text(encoding="utf-8"))
    assert [(point["label"], point["x"]) for point in points] == [("facegate", x) for x in curves.JOBS]
    assert all(point["rate"] > 0 and point["ms"] > 0 and not point["bad"] for point in points)
    assert "| facegate | " in done.stdout


def test_the_median_of_each_point_counts() -> None:
    points = [
        {"curve": "jobs", "label": label, "x": x, "rate": rate * x, "ms": 1.0, "bad": {}}
        for rate in (900, 100, 200)
        for x in (4, 1)
        for label in ("one", "other")
    ]
    assert curves.series(points, "jobs", "rate") == {"one": [(1, 200), (4, 800)], "other": [(1, 200), (4, 800)]}
    rows = curves.table("jobs", points).splitlines()[2:]
    assert rows == ["| one | 200 (1.0) | 800 (1.0) |", "| other | 200 (1.0) | 800 (1.0) |"]


def test_a_page_without_the_mark_is_refused_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "performance.md").write_text("nothing\n", encoding="utf-8")
    argv = [sys.executable, "-m", "benchmarks.gate.curves", "--out", str(tmp_path)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
    assert done.returncode == 2
    assert "has no mark <!-- curves -->" in done.stderr
