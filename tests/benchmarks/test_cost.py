"""The model's sums, done by hand; and `make bench-cost` in small, on a real gateway."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))

from benchmarks.gate import processes  # noqa: E402
from benchmarks.gate.model import Inputs, Units, need  # noqa: E402

UNITS = Units(new_ms=20, seen_ms=2, withheld_ms=30, ledger_bytes=1000, vault_bytes=50_000, process_bytes=100e6)


def test_sums_are_those_done_by_hand() -> None:
    given = Inputs(
        seen=0.5, faces=0.2, busy=0.5, kept_days=1, ledger_days=1, redis_new=2, redis_seen=1, redis_withheld=5
    )
    found = need(1000, UNITS, given)  # 500 seen, 400 new and clear, 100 withheld
    assert found.cores == pytest.approx((400 * 20 + 500 * 2 + 100 * 30) / 1000 / 0.5) == pytest.approx(24)
    assert found.memory == pytest.approx(2.4e9)
    assert found.redis_ops == pytest.approx(400 * 2 + 500 + 100 * 5)
    assert (found.redis_nodes, found.s3_puts) == (1, pytest.approx(100))
    assert found.s3_stored == pytest.approx(100 * 50_000 * 86_400)
    assert found.ledger_stored == pytest.approx(1000 * 1000 * 86_400)
    assert found.dollars["cores"] == pytest.approx(24 * 0.035 * 720)
    assert found.dollars["S3 requests"] == pytest.approx(100 * 2_592_000 / 1000 * 0.005)
    assert found.month == pytest.approx(sum(found.dollars.values()))


def test_nodes_of_redis_are_whole_and_the_rest_is_in_proportion() -> None:
    small, large = need(1000, UNITS, Inputs()), need(100_000, UNITS, Inputs())
    assert large.cores == pytest.approx(small.cores * 100)
    assert large.redis_ops == pytest.approx(small.redis_ops * 100)
    assert large.redis_nodes == -(-large.redis_ops // Inputs().redis_node_ops)
    assert need(1, UNITS, Inputs()).redis_nodes == 1


@pytest.mark.live
@pytest.mark.skipif(not processes.known(), reason="this kernel does not list children in /proc")
def test_measures_units_and_takes_what_is_stated(tmp_path: Path) -> None:
    out = tmp_path / "cost.json"
    options = ["--seconds", "2", "--set", "core_hour=1", "--json", str(out)]
    argv = [sys.executable, "-m", "benchmarks.gate.cost", *options]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=280, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    measured = json.loads(out.read_text(encoding="utf-8"))
    units = measured["units"]
    assert units["new_ms"] > units["seen_ms"] > 0
    assert units["vault_bytes"] > 20_000  # the astronaut, encrypted
    assert units["ledger_bytes"] > 200
    assert units["process_bytes"] > 1e7
    assert measured["1000"]["dollars"]["cores"] == pytest.approx(measured["1000"]["cores"] * 720)
    assert "| cores, $ a month |" in done.stdout


@pytest.mark.parametrize(
    ("stated", "says"), [("cores=1", "'cores' is none of seen, faces"), ("seen=x", "is no number")]
)
def test_inputs_that_are_none_are_refused(stated: str, says: str) -> None:
    argv = [sys.executable, "-m", "benchmarks.gate.cost", "--set", stated]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
    assert done.returncode == 2
    assert says in done.stderr
