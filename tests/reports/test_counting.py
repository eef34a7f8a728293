import shutil
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from facegate.errors import StateError
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.rotation import SIZE_MIN, Rotation
from facegate.reports.counting import Counting
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.traffic import by_hour, counted
from facegate_addons.domain.model import utc_now


def note(ledger: ChainedLedger, number: int, reason: str = "faces", **more: object) -> None:
    for _ in range(number):
        action = "pass" if reason == "clear" else "quarantine"
        ledger.append({"event": "exchange", "job": "crawl", "action": action, "reason": reason, **more})
    ledger.append({"event": "something-else", "action": "pass"})
    assert ledger.flush(20)


def totals(database: Database) -> dict[str, int]:
    found: Counter[str] = Counter()
    for kinds in by_hour(database, utc_now() - timedelta(hours=2), utc_now()).values():
        for kind, amount in kinds.items():
            found[kind.reason] += amount.exchanges
    return dict(found)


def test_each_line_counts_once_over_restarts_and_gateways(home: Home, database: Database) -> None:
    for round_ in (1, 2):
        for name in ("gateway-0", "gateway-1"):
            with ChainedLedger(home.ledger, name) as ledger:
                note(ledger, 3)
                note(ledger, 2, "clear")
        assert Counting(home.ledger, database).count() == 14
        assert Counting(home.ledger, database).count() == 0
        assert totals(database) == {"faces": 6 * round_, "clear": 4 * round_}


def test_rotation_loses_none_and_counts_none_twice(home: Home, database: Database) -> None:
    counting, rotation = Counting(home.ledger, database), Rotation(size=SIZE_MIN)
    big = {"detail": "x" * 8_000}
    with ChainedLedger(home.ledger, "gateway-0", rotation=rotation) as ledger:
        for _ in range(4):
            note(ledger, 60, **big)  # half a file each
            counting.count()
        for _ in range(6):  # two files and more between two looks
            note(ledger, 50, **big)
        counting.count()
    assert len(list(home.ledger.glob("gateway-0.*.jsonl"))) >= 3
    assert totals(database) == {"faces": 540}


def test_a_copy_of_the_home_goes_on_where_it_was(home: Home, database: Database) -> None:
    with ChainedLedger(home.ledger, "gateway-0") as ledger:
        note(ledger, 5)
    Counting(home.ledger, database).count()
    path = home.ledger / "gateway-0.jsonl"
    shutil.copy(path, path.with_suffix(".copy"))
    path.with_suffix(".copy").replace(path)  # another inode
    with ChainedLedger(home.ledger, "gateway-0") as ledger:
        note(ledger, 5)
    Counting(home.ledger, database).count()
    assert totals(database) == {"faces": 10}


def test_a_line_that_is_being_written_waits_and_a_damaged_one_is_left_out(home: Home, database: Database) -> None:
    with ChainedLedger(home.ledger, "gateway-0") as ledger:
        note(ledger, 2)
    path = home.ledger / "gateway-0.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    counting = Counting(home.ledger, database)
    counting.count()
    before = counted(database)["gateway-0"]
    with path.open("r+b") as file:
        file.truncate(len(whole) - 10)
        file.seek(0, 2)
        file.write(whole[-10:] + b'{"entry":{"event":"exchange"},"hash":"no"}\nnonsense\n')
    counting.count()
    assert counted(database)["gateway-0"].seq == before.seq + 1
    assert totals(database) == {"faces": 2}
    assert counting.count() == 0


def test_it_goes_on_by_itself_and_says_when_it_cannot(
    home: Home, database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("facegate.reports.counting.EVERY", 0.01)
    counting = Counting(home.ledger, database)
    counting.start()
    with ChainedLedger(home.ledger, "gateway-0") as ledger:
        note(ledger, 3)
    until(lambda: totals(database) == {"faces": 3})
    monkeypatch.setattr("facegate.reports.counting.names", refuse)
    until(lambda: "the traffic cannot be counted: " in caplog.text)
    counting.stop()


def refuse(_folder: Path) -> list[str]:
    raise StateError("the disk is away")


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)
