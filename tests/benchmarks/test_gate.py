"""`make bench` in small: every contestant carries every body, and the table says so."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))

from benchmarks.gate import bodies, drive, origin, processes, tables  # noqa: E402


@pytest.mark.parametrize("path", ["", "/nonexistent"], ids=["as it is", "without wrk"])
@pytest.mark.parametrize("fresh", [True, False])
def test_a_load_with_wrk_and_without_it(path: str, fresh: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if path:
        monkeypatch.setenv("PATH", path)
    with origin.running() as base:  # which answers as a proxy, too
        found = drive.drive(base, f"{base}/page", fresh=fresh, connections=2, seconds=0.3)
    assert found.good > 0
    assert found.rate > 0
    assert found.p99_ms >= found.p50_ms > 0
    assert not found.bad


@pytest.mark.live
def test_measures_all_in_one_run(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    small = ["--rounds", "1", "--seconds", "1", "--connections", "2", "--workers", "1", "--latency", "0.5"]
    argv = [sys.executable, "-m", "benchmarks.gate", *small, "--only", "page", "--only", "seen", "--json", str(out)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=280, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "| requests a second | facegate, 1 process | mitmdump | facegate, 1 process / mitmdump |" in done.stdout
    measured = json.loads(out.read_text(encoding="utf-8"))
    rows = measured["throughput"]
    proxies = ("facegate, 1 process", "mitmdump")
    assert {(r["proxy"], r["body"]) for r in rows} == {(proxy, body) for proxy in proxies for body in ("page", "seen")}
    assert all(row["good"] > 0 for row in rows)
    assert not any(row["bad"] for row in rows)
    if processes.known():
        assert all(row["cpu_ms"] > 0 for row in rows)
        assert "| CPU ms a request | facegate, 1 process | mitmdump | mitmdump / facegate, 1 process |" in done.stdout
    assert [(row["body"], row["way"]) for row in measured["latency"]] == [("page", "direct"), ("page", "facegate")]


def test_marks_make_bodies_differ_and_nothing_else() -> None:
    for _, halves in bodies.ANSWERS.values():
        start, end = halves()
        assert start
        assert end
    start, end = bodies.page()
    assert len(start) + bodies.MARK + len(end) == bodies.PAGE_SIZE


def test_ratios_are_taken_round_by_round() -> None:
    rates = {"facegate": (100.0, 300.0, 200.0), "mitmdump": (50.0, 100.0, 100.0)}
    rows: list[dict[str, Any]] = [
        {"body": "page", "proxy": name, "rate": rate, "cpu_ms": 1000 / rate, "bad": {}}
        for name, each in rates.items()
        for rate in each
    ]
    (_, _, line) = tables.cpu(rows, list(rates)).splitlines()
    assert line == "| HTML, 36 KB | 5.0 (3.3 to 10.0) | 10.0 (10.0 to 20.0) | 2.00 (2.00 to 3.00) |"
    (_, _, line) = tables.throughput(rows, list(rates)).splitlines()
    assert line == "| HTML, 36 KB | 200 (100 to 300) | 100 (50 to 100) | 2.00 (2.00 to 3.00) |"
    assert list(tables.mishaps([*rows, {"body": "page", "proxy": "glue", "bad": {"broken": 2}}])) == [
        "glue, page: {'broken': 2}"
    ]


def test_weights_that_are_none_are_refused_at_once() -> None:
    argv = [sys.executable, "-m", "benchmarks.gate", "--yunet", "pyproject.toml", "--only", "page"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
    assert done.returncode == 2
    assert ("holds no YuNet" if find_spec("cv2") else "--yunet needs OpenCV") in done.stderr
    assert "Traceback" not in done.stderr
