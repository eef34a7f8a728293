import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from facegate.config import Config
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.rotation import Rotation
from facegate.state.home import Home


@pytest.fixture
def home(facegate: Any) -> Home:
    home = Home.prepare(Config(home=facegate.home))
    with ChainedLedger(home.ledger, "gateway-0") as ledger:
        for n in range(6):
            exchange = {
                "event": "exchange",
                "job": f"job-{n % 2}",
                "url": f"https://news.example/{n}",
                "action": "pass",
            }
            ledger.append({**exchange, "at": f"2026-03-0{n + 1}T12:00:00+00:00"})
    with ChainedLedger(home.ledger, "cli") as ledger:
        ledger.append({"event": "user-added", "user": "rita", "by": "os:root", "at": "2026-03-03T13:00:00+00:00"})
    return home


def exported(facegate: Any, *arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in facegate.ok("ledger", "export", *arguments).splitlines()]


def test_lines_are_chosen(facegate: Any, home: Home) -> None:
    assert len(exported(facegate)) == 7
    assert [it["at"][9] for it in exported(facegate, "--since", "2026-03-03", "--until", "2026-03-05")] == [
        "3",
        "3",
        "4",
    ]
    assert [it["event"] for it in exported(facegate, "--event", "user-added")] == ["user-added"]
    assert len(exported(facegate, "--event", "user-added", "--event", "exchange")) == 7
    assert [it["url"][-1] for it in exported(facegate, "--job", "job-1")] == ["1", "3", "5"]
    assert exported(facegate, "--since", "1s") == []
    assert "--since: 'x' is no moment" in facegate.refused("ledger", "export", "--since", "x")


def test_formats(facegate: Any, home: Home, tmp_path: Path) -> None:
    (ecs,) = exported(facegate, "--format", "ecs", "--event", "user-added")
    assert (ecs["event"]["category"], ecs["user"]["name"]) == (["iam"], "os:root")
    lines = facegate.ok("ledger", "export", "--format", "cef").splitlines()
    assert len(lines) == 7
    assert all(line.startswith("CEF:0|facegate|") for line in lines)
    out = tmp_path / "out.cef"
    facegate.ok("ledger", "export", "--format", "cef", "-o", str(out))
    assert out.read_text().splitlines() == lines
    assert facegate("ledger", "export", "--format", "xml").exit_code == 2


def test_follow_goes_on_with_what_is_written_and_ends_with_ctrl_c(facegate: Any, home: Home) -> None:
    argv = [sys.executable, "-m", "facegate.cli", "ledger", "export", "--follow", "--home", str(facegate.home)]
    child = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    assert child.stdout is not None
    try:
        assert len([json.loads(child.stdout.readline()) for _ in range(7)]) == 7
        with ChainedLedger(home.ledger, "gateway-0", rotation=Rotation(1_000, None)) as ledger:
            ledger.append({"event": "exchange", "n": 7})
        events = [json.loads(child.stdout.readline())["event"] for _ in range(3)]
        assert events == ["ledger-rotated", "ledger-continued", "exchange"]
    finally:
        child.send_signal(signal.SIGINT)
        child.stdout.close()
        assert child.wait(20) in (130, 141)


def test_follow_writes_to_standard_output_alone(facegate: Any, home: Home, tmp_path: Path) -> None:
    assert "leave -o away" in facegate.refused("ledger", "export", "--follow", "-o", str(tmp_path / "x"))
