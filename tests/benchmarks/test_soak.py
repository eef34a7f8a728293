"""`make bench-soak` in small, on a real gateway; and slopes of samples written here."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))

from benchmarks.gate import processes, soak  # noqa: E402


@pytest.mark.live
@pytest.mark.skipif(not processes.known(), reason="this kernel does not list children in /proc")
def test_samples_memory_and_latency_under_mixed_load(tmp_path: Path) -> None:
    out = tmp_path / "soak.json"
    argv = [sys.executable, "-m", "benchmarks.gate.soak", "--minutes", "0.1", "--every", "2", "--json", str(out)]
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "performance.md").write_text(
        "Before.\n<!-- soak -->\nold\n<!-- end of soak -->\nAfter.\n", encoding="utf-8"
    )
    drawn = find_spec("matplotlib") is not None
    argv += ["--out", str(docs)] if drawn else []
    done = subprocess.run(argv, capture_output=True, text=True, timeout=280, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    measured = json.loads(out.read_text(encoding="utf-8"))
    assert len(measured["samples"]) >= 3
    assert set(measured["statuses"]) <= soak.EXPECTED
    assert sum(measured["statuses"].values()) > 0
    for sample in measured["samples"]:
        assert sample["processes"] >= 4  # supervisor, gateway, worker, console
        assert sample["rss"] > sample["uss"] > 1e7
        assert sample["descriptors"] > 10
    assert "| memory of its own (USS), MB |" in done.stdout
    if drawn:
        page = (docs / "performance.md").read_text(encoding="utf-8")
        assert page.startswith("Before.\n<!-- soak -->\n")
        assert "old" not in page
        assert page.endswith("<!-- end of soak -->\nAfter.\n")
        assert (docs / "images" / "soak.svg").read_text(encoding="utf-8").rstrip().endswith("</svg>")


def test_slope_is_of_what_is_settled_and_per_hour() -> None:
    warm = [{"at": at, "uss": 1000 * at} for at in range(10)]
    flat = [{"at": at, "uss": 10_000 + at} for at in range(10, 30)]
    assert soak.slope([*warm, *flat], "uss") == pytest.approx(3600)
    assert soak.slope(flat[:1], "uss") == 0


def test_a_page_without_the_mark_is_refused_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "performance.md").write_text("nothing\n", encoding="utf-8")
    argv = [sys.executable, "-m", "benchmarks.gate.soak", "--out", str(tmp_path)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
    assert done.returncode == 2
    assert "has no mark <!-- soak -->" in done.stderr
