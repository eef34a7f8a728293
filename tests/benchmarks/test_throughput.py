"""`make bench` in small: both proxies carry both bodies, and the table says so."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "throughput.py"


@pytest.mark.live
def test_measures_both_proxies_in_one_run(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    argv = [sys.executable, SCRIPT, "--rounds", "1", "--seconds", "0.5", "--connections", "2", "--json", str(out)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "| body | facegate | mitmdump | ratio |" in done.stdout
    rows = json.loads(out.read_text(encoding="utf-8"))
    assert {(row["proxy"], row["body"]) for row in rows} == {
        (proxy, body) for proxy in ("facegate", "mitmdump") for body in ("page", "photo")
    }
    assert all(row["good"] > 0 for row in rows)
    assert not any(row["bad"] for row in rows)
