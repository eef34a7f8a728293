import json
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from facegate.config import load
from facegate.ledger.chained import ChainedLedger
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.model import utc_now

POLICY = {"policy": "1:quarantine/quarantine:observe"}


@pytest.fixture
def filled(facegate: Any) -> Any:
    """Ten exchanges of the last ten days, each second of them withheld but for the mode."""
    home = Home.prepare(load(home=str(facegate.home)))
    Database.open(home.database).close()
    with ChainedLedger(home.ledger, "gateway-0") as ledger:
        for day in range(10):
            at = (utc_now() - timedelta(days=day, minutes=1)).isoformat()
            line = {"event": "exchange", "at": at, "job": f"job-{day % 4}", "url": f"https://h{day % 4}.example/",
                    "action": "pass", "versions": POLICY}  # fmt: skip
            ledger.append(line | ({"reason": "clear"} if day % 2 else {"reason": "faces", "observed": "quarantine"}))
    return facegate


def test_for_scripts(filled: Any) -> None:
    facts = filled.json("report", "--observed")
    assert (facts["exchanges"], facts["withheld"], facts["damaged"]) == (10, 5, 0)
    assert (facts["actions"], facts["reasons"]) == ({"quarantine": 5}, {"faces": 5})
    assert (facts["jobs"], facts["hosts"]) == ({"job-0": 3, "job-2": 2}, {"h0.example": 3, "h2.example": 2})
    assert len(facts["days"]) == 5
    assert (facts["since"], facts["until"], facts["job"]) == (None, None, None)
    assert filled.json("report", "--observed", "--top", "1")["hosts"] == {"h0.example": 3}
    narrow = filled.json("report", "--observed", "--job", "job-0", "--since", "5d", "--until", "1d")
    assert (narrow["exchanges"], narrow["withheld"], narrow["job"]) == (1, 1, "job-0")
    assert narrow["since"] < narrow["first"] <= narrow["last"] < narrow["until"]


def test_in_a_pipe(filled: Any) -> None:
    rows = [line.split("\t") for line in filled.ok("report", "--observed").splitlines()]
    assert rows[:3] == [["by", "what", "count"], ["total", "exchanges", "10"], ["total", "withheld", "5"]]
    assert ["reason", "faces", "5"] in rows
    assert {row[0] for row in rows[3:]} == {"action", "reason", "job", "host", "day"}
    assert all(len(row) == 3 for row in rows)


def test_on_a_terminal(filled: Any, on_terminal: Callable[[list[str]], str]) -> None:
    argv = [sys.executable, "-m", "facegate.cli", "report", "--observed", "--home", str(filled.home)]
    shown = on_terminal(argv)
    assert "5 of 10 exchanges in observe mode would have been withheld" in shown
    assert "60.0%" in shown
    assert "h0.example" in shown
    assert "\t" not in shown
    assert "Nothing was decided in observe mode there." in on_terminal([*argv, "--job", "nobody"])


def test_nothing_observed_is_an_answer(facegate: Any, people: None) -> None:
    assert facegate.ok("report", "--observed").splitlines()[1:] == ["total\texchanges\t0", "total\twithheld\t0"]
    assert facegate.json("report", "--observed")["withheld"] == 0


def test_damage_and_many_hosts_are_told(filled: Any) -> None:
    path = filled.home / "ledger" / "gateway-0.jsonl"
    path.write_bytes(path.read_bytes().replace(b"h2.example", b"h3.example", 1))
    result = filled("report", "--observed", "--json")
    assert (result.exit_code, json.loads(result.stdout)["damaged"]) == (0, 1)
    assert result.stderr == "facegate: 1 damaged lines were left out; `facegate ledger verify` says where\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "say --job ID or --all, and -o FILE.html for the page; or --observed"),
        (("--job", "j", "--all"), "say --job ID or --all"),
        (("--all", "-o", "x.pdf"), "x.pdf: the page's name has to end in .html"),
        (("--observed", "-o", "x.html"), "--observed is printed"),
        (("--observed", "--since", "yesterday"), "--since: 'yesterday' is no moment; write how long ago, like 7d"),
        (("--observed", "--until", "2026-13-01"), "--until: '2026-13-01' is no moment"),
        (("--observed", "--since", "1d", "--until", "2d"), "--since has to be before --until"),
        (("--observed",), "holds no ledger"),
    ],
)
def test_what_it_cannot_do_is_one_line(facegate: Any, arguments: tuple[str, ...], says: str) -> None:
    assert says in facegate.refused("report", *arguments)


def test_a_page_with_its_bundle(filled: Any, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    shown = filled("report", "--all", "-o", str(page))
    assert shown.exit_code == 0, shown.output
    assert "exchanges\t10" in shown.stdout
    assert "miss rate\tnot measured" in shown.stdout
    assert "was not measured" in shown.stderr
    facts = page.with_suffix(".json")
    assert json.loads(facts.read_text())["traffic"]["exchanges"] == 10
    assert page.stat().st_mode & 0o777 == 0o600
    assert "exists; choose another name" in filled.refused("report", "--all", "-o", str(page))
    assert filled("report", "--job", "untargeted", "--since", "5d", "-o", str(page), "--force").exit_code == 0
    assert filled.json("report", "verify", str(facts))["ok"]
    key = tmp_path / "key.pem"
    key.write_text(filled.ok("ledger", "key"))
    assert "as it was made" in filled.ok("report", "verify", str(facts), "--key", str(key))
    page.write_bytes(page.read_bytes().replace(b"untargeted", b"targeted!!", 1))
    result = filled("report", "verify", str(facts))
    assert (result.exit_code, "is not the page" in result.stdout) == (1, True)
    assert "no job 'nobody'" in filled.refused("report", "--job", "nobody")


def test_the_facts_for_scripts(filled: Any) -> None:
    facts = filled.json("report", "--all", "--since", "5d")
    assert (facts["type"], facts["schema"], facts["traffic"]["outcomes"]["observed"]) == ("facegate-report", 1, 3)
