"""`make bench-balanced` in small: real gateways, Redis and HAProxy; and its table, of rounds written here."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))

from benchmarks.gate import balanced  # noqa: E402


@pytest.mark.live
@pytest.mark.redis
@pytest.mark.haproxy
def test_both_are_measured() -> None:
    argv = [sys.executable, "-m", "benchmarks.gate.balanced", "--only", "seen", "--rounds", "1", "--seconds", "1"]
    done = subprocess.run(
        [*argv, "--connections", "2"], capture_output=True, text=True, timeout=280, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "| requests a second behind HAProxy | one gateway | two gateways | ratio |" in done.stdout


def test_ratios_are_taken_round_by_round() -> None:
    rates = {"one gateway": (100.0, 300.0, 200.0), "two gateways": (150.0, 600.0, 200.0)}
    rows = [{"body": "page", "proxy": name, "rate": rate} for name, each in rates.items() for rate in each]
    last = balanced.table(rows).splitlines()[-1]
    assert last.split(" | ")[1:] == ["200 (100 to 300)", "200 (150 to 600)", "1.50 (1.00 to 2.00) |"]
