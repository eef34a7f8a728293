"""`make bench-ledger` in small: every figure is there, and each way to spoil the ledger was found."""

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "ledger.py"


def test_measures_and_finds_each_spoilt_line(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    argv = [sys.executable, SCRIPT, "--lines", "4000", "--rotate-size", "600000", "--json", str(out)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    measured = json.loads(out.read_text(encoding="utf-8"))
    assert measured["files"] > 3
    assert "was altered" in measured["an altered line, named as"]
    assert "missing" in measured["a removed line, named as"]
    assert "a file, or its beginning, was removed" in measured["a removed file, named as"]
    assert measured["verifying all, lines/s"] > 1_000
