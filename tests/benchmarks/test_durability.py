"""`make bench-durability` in small: three kills of two blows, and what the program makes of a loss."""

import json
import sys
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

sys.path.append(str(Path(__file__).parents[2]))

from benchmarks import durability
from benchmarks.durability import Acknowledged, Outcome, Site, run

SEED = 535  # hits a worker and a gateway, then the console


def test_nothing_that_was_acknowledged_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    kept = Site.assert_kept

    def looks_for_more(site: Site, told: Acknowledged) -> None:
        """What is there is found, and what is not is missed."""
        kept(site, told)
        for more in (
            Acknowledged(records={"nowhere"}),
            Acknowledged(notes={"note 0"}),
            Acknowledged(releases=told.releases + 1_000),
        ):
            with pytest.raises(AssertionError):
                kept(site, more)
            shown.append("missed")

    monkeypatch.setattr(Site, "assert_kept", looks_for_more)
    (outcome,) = run({"kills": 2, "full": 0, "redis": 0}, SEED)
    assert (outcome.lost, outcome.past) == ([], [])
    assert dict(outcome.of) == {"worker": 1, "gateway": 1, "console": 1}
    assert outcome.records
    assert shown == ["missed"] * 9  # after each of two blows, and in the end


def test_a_loss_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        Outcome("kill -9", blows=2, of=Counter(gateway=2)),
        Outcome("full disk", blows=1, lost=["full, blow 1: a note is lost"]),
    ]
    monkeypatch.setattr(durability, "run", lambda *_: found)
    shown = CliRunner().invoke(durability.main, ["--seed", "1", "--json", str(tmp_path / "found.json")])
    assert shown.exit_code == 1
    assert json.loads((tmp_path / "found.json").read_text())["parts"][0]["of"] == {"gateway": 2}
    found.pop()
    assert CliRunner().invoke(durability.main, ["--seed", "1"]).exit_code == 0
