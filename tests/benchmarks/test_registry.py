"""`make bench-registry` in small: what it fills in is decided as registered, every figure is there for each size."""

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "registry.py"


def test_measures_each_size_in_one_run(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    argv = [sys.executable, SCRIPT, "--sizes", "1,300", "--samples", "10", "--json", str(out)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "|  | 1 | 300 | ratio |" in done.stdout
    measured = json.loads(out.read_text(encoding="utf-8"))
    assert list(measured) == ["1", "300"]
    assert measured["1"].keys() == measured["300"].keys()
    for name in ("decision, in memory, µs", "decision, from disk, µs", "spend, one by one, ms", "until it is seen, ms"):
        assert all(figures[name] > 0 for figures in measured.values())
