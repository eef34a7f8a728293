"""`make bench-tls` in small: both ways are measured, and sessions are resumed where they should be."""

import json
import sys
from pathlib import Path

from click.testing import CliRunner

sys.path.append(str(Path(__file__).parents[2]))

from benchmarks.tls import KINDS, main


def test_both_are_measured_in_each_kind() -> None:
    run = CliRunner().invoke(main, ["--count", "3", "--rounds", "1", "--json"], catch_exceptions=False)
    rates = json.loads(run.output)
    assert set(rates) == {"mitmproxy", "facegate"}
    assert all(set(found) == set(KINDS) and min(found.values()) > 0 for found in rates.values())
    table = CliRunner().invoke(main, ["--count", "2", "--rounds", "1"], catch_exceptions=False).output
    assert table.count("\n") == 2 + len(KINDS)
