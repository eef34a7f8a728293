import errno
import json
import time
from pathlib import Path

import pytest
from console.browsing import Browser
from facegate.console.gateways import STALE
from facegate.console.health import not_ready
from facegate.ledger.chained import ChainedLedger
from facegate.state.database import Database
from facegate.state.home import Home


def report(home: Home, name: str = "gateway-0", **status: object) -> None:
    facts = {"at": time.time(), "ready": True, "why": [], "workers": 2} | status
    (home.run / f"{name}.json").write_text(json.dumps(facts))


def test_ready_when_everything_answers(home: Home, database: Database, ledger: ChainedLedger) -> None:
    report(home)
    report(home, "gateway-1")
    assert not_ready(home, database, ledger) == []
    assert list(home.vault.iterdir()) == []


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ({"at": time.time() - 60 - STALE}, "gateway-1: has not reported for "),
        ({"ready": False, "why": ["no worker"]}, "gateway-1: no worker"),
        ({"ready": False}, "gateway-1: is not ready"),
        ({"ready": "yes"}, "gateway-1: is not ready"),
        ({"at": None}, "gateway-1: its status cannot be read"),
    ],
)
def test_one_gateway_that_is_not_is_enough(
    home: Home, database: Database, ledger: ChainedLedger, status: dict[str, object], why: str
) -> None:
    report(home)
    report(home, "gateway-1", **status)
    (reason,) = not_ready(home, database, ledger)
    assert reason.startswith(why)


def test_each_missing_part_is_named(home: Home, database: Database, ledger: ChainedLedger) -> None:
    home.vault.rmdir()
    ledger._file._file, real = -1, ledger._file._file
    ledger.append({"event": "x"})
    assert not ledger.flush(5)
    database.close()
    why = not_ready(home, database, ledger)
    ledger._file._file = real
    assert why == [
        "the database does not answer",
        "the vault cannot be written",
        "the ledger cannot be written",
        "no gateway is running",
    ]


def test_the_answer_says_why(stranger: Browser, home: Home) -> None:
    answer = stranger.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        503,
        {"ready": False, "why": ["no gateway is running"], "degraded": []},
    )
    report(home)
    answer = stranger.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "why": [], "degraded": []})
    assert stranger.get("/healthz").status_code == 200


def test_a_vault_on_a_read_only_disk_is_a_reason_not_an_error(
    home: Home, database: Database, ledger: ChainedLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    report(home)

    def refuse(*_arguments: object, **_named: object) -> None:  # to mount one takes more rights than a test has
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    monkeypatch.setattr(Path, "unlink", refuse)
    assert not_ready(home, database, ledger) == ["the vault cannot be written"]
