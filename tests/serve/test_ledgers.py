import asyncio
import json
from pathlib import Path

import pytest
from facegate.config import Config, load
from facegate.errors import HomeError
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.checkpoints import last, numbers
from facegate.ledger.file import LedgerFile
from facegate.ledger.rotation import Rotation
from facegate.ledger.standing import standing
from facegate.ledger.verify import verify
from facegate.serve import ledgers
from facegate.serve.ledgers import Care
from facegate.state.home import Home


def events(home: Home) -> list[dict[str, object]]:
    lines = (home.ledger / "cli.jsonl").read_bytes().splitlines()
    return [entry for line in lines if str((entry := json.loads(line)["entry"]).get("event")).startswith("ledger-")]


def rotate(home: Home) -> None:
    file = LedgerFile(home.ledger, "gateway-9", rotation=Rotation(500, None))
    for n in range(10):
        file.append([{"n": n}])
    file.close()


def test_signed_at_the_start_at_a_rotation_in_time_and_at_the_end(
    config: Config, home: Home, ledger: ChainedLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    care = Care(home, config, ledger)
    care.step()
    care.step()
    assert numbers(home.checkpoints) == [1]
    rotate(home)
    care.step()
    assert last(home.checkpoints).why == "rotation"  # type: ignore[union-attr]
    care._every = 0.0
    care.step()
    assert ledger.flush(5)
    assert [entry["why"] for entry in events(home)] == ["start", "rotation", "periodic"]
    ledger.close()
    care.end()
    newest = last(home.checkpoints)
    assert newest is not None
    assert (newest.number, newest.why, newest.bad) == (4, "stop", ())
    assert newest.ledgers["cli"].seq == len((home.ledger / "cli.jsonl").read_bytes().splitlines())
    assert all(report.ok for report in verify(home.ledger))


def test_damage_is_noted_once(config: Config, home: Home, ledger: ChainedLedger) -> None:
    rotate(home)
    path = home.ledger / "gateway-9.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"n":9', b'"n":8'))
    care = Care(home, config, ledger)
    care.step()
    care._looked = float("-inf")
    care.step()
    assert ledger.flush(5)
    found = [entry for entry in events(home) if entry["event"] == "ledger-damage-found"]
    assert len(found) == 1
    assert str(found[0]["what"]).startswith("gateway-9.jsonl:")
    assert not standing(home).whole  # type: ignore[union-attr]


def test_a_folder_elsewhere_that_is_away_is_caught_up_with(tmp_path: Path, home: Home, ledger: ChainedLedger) -> None:
    elsewhere = tmp_path / "mnt" / "checkpoints"
    config = load(home=str(home.path), ledger__checkpoints_to=str(elsewhere))
    care = Care(home, config, ledger)
    care.step()
    assert not elsewhere.exists()
    elsewhere.mkdir(parents=True)
    care._every = 0.0
    care.step()
    assert numbers(elsewhere) == [1, 2]


def test_it_stops_in_the_middle(
    config: Config, home: Home, ledger: ChainedLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledgers, "PAUSE", 60.0)
    monkeypatch.setattr("facegate.ledger.scan._STEP", 1)
    rotate(home)
    care = Care(home, config, ledger)

    async def run() -> None:
        task = asyncio.create_task(care.keep())
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(asyncio.wait_for(run(), 10))


def test_without_a_key_it_does_not_begin(home: Home, ledger: ChainedLedger) -> None:
    with pytest.raises(HomeError, match="cannot be read"):
        Care(home, load(home=str(home.path), ledger__key={"file": "/missing.pem"}), ledger)
