import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from facegate.config import Config
from facegate.ledger.file import LedgerFile
from facegate.ledger.rotation import Rotation
from facegate.state.database import Database
from facegate.state.home import Home


@pytest.fixture
def old(facegate: Any) -> Path:
    """The home's ledger folder, with closed files from long ago."""
    Database.open(Home.prepare(Config(home=facegate.home)).database).close()
    folder: Path = facegate.home / "ledger"
    file = LedgerFile(folder, "gateway-0", rotation=Rotation(2_000, None))
    for n in range(10):
        file.append([{"event": "exchange", "n": n + k, "at": "2020-01-01T00:00:00+00:00"} for k in (0, 10, 20, 30)])
    file.close()
    return folder


def test_a_checkpoint_is_made_copied_and_told_of(facegate: Any, old: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    config = tmp_path / "facegate.toml"
    config.write_text(f"[ledger]\ncheckpoints_to = '{elsewhere}'\n")
    made = facegate.json("ledger", "checkpoint", "--config", str(config))
    assert (made["number"], made["whole"]) == (1, True)
    assert Path(made["file"]).name in {path.name for path in elsewhere.iterdir()}
    assert "1 ledgers" not in facegate.ok("ledger", "checkpoint", "--config", str(config))
    told = [json.loads(line) for line in facegate.ok("ledger", "export").splitlines()]
    assert [line["number"] for line in told if line.get("event") == "ledger-checkpoint"] == [1, 2]
    assert facegate.json("ledger", "verify")["checkpoints"]["count"] == 2
    shutil.rmtree(facegate.home / "ledger" / "checkpoints")
    result = facegate("ledger", "verify", "--checkpoints", str(elsewhere))
    assert result.exit_code == 1
    assert "checkpoint-00000001.json: is missing" in result.stdout


def test_damage_is_signed_and_said(facegate: Any, old: Path) -> None:
    path = old / "gateway-0.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"n":39', b'"n":38'))
    result = facegate("ledger", "checkpoint")
    assert result.exit_code == 1
    assert "NOT WHOLE: gateway-0.jsonl:" in result.stdout


def test_the_key_is_printed_for_the_auditor(facegate: Any, old: Path, tmp_path: Path) -> None:
    result = facegate("ledger", "key")
    assert result.exit_code == 0
    pem = tmp_path / "ledger.pem"
    pem.write_text(result.stdout)
    facts = facegate.json("ledger", "key")
    assert facts["fingerprint"] in result.stderr
    assert facts["pem"] == result.stdout
    assert "PRIVATE" not in result.output
    facegate.ok("ledger", "checkpoint")
    facegate.ok("ledger", "verify", "--key", str(pem))
    other = tmp_path / "other.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", tmp_path / "x"], check=True)
    subprocess.run(["openssl", "pkey", "-in", tmp_path / "x", "-pubout", "-out", other], check=True)
    assert facegate("ledger", "verify", "--key", str(other)).exit_code == 1
    facegate.ok("ledger", "verify", "--key", str(other), "--key", str(pem))
    assert "no Ed25519 public key" in facegate.refused("ledger", "verify", "--key", str(tmp_path / "x"))


def test_archive(facegate: Any, old: Path, tmp_path: Path) -> None:
    to = tmp_path / "archive"
    to.mkdir()
    names = sorted(path.name for path in old.glob("gateway-0.*.jsonl"))
    assert names
    asked = ("ledger", "archive", str(to), "--older-than", "0s")
    assert "would go" in facegate.ok(*asked, "--dry-run")
    assert list(to.iterdir()) == []
    assert "--reason has to say why" in facegate.refused(*asked)
    assert facegate.json(*asked, "--reason", "kept for a year")["files"] == names
    assert sorted(path.name for path in to.iterdir()) == names
    assert f"were archived to {to}" in facegate.ok("ledger", "verify")
    assert names[0] in facegate.ok("ledger", "verify", "--archive", str(to))
    assert "No closed file" in facegate.ok(*asked, "--reason", "kept for a year")
    assert "is no folder" in facegate.refused("ledger", "verify", "--archive", str(to / "missing"))
