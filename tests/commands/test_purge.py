from collections.abc import Callable
from typing import Any

import pytest
from facegate.ledger.reading import tail


@pytest.fixture(autouse=True)
def withheld(people: None, withhold: Callable[..., None]) -> None:
    withhold("record-old", b"old", days=-0.5)
    withhold("record-new", b"new")


def test_what_has_expired_is_destroyed(facegate: Any) -> None:
    assert facegate.json("quarantine", "purge")["purged"] == ["record-old"]
    assert len(list((facegate.home / "vault").glob("*/*"))) == 1
    assert facegate.json("quarantine", "purge") == {"purged": [], "bytes": 0, "held": 0, "failed": []}
    assert "Destroyed the bytes of 0 expired" in facegate.ok("quarantine", "purge")


def test_a_dry_run_destroys_nothing(facegate: Any) -> None:
    plan = facegate.json("quarantine", "purge", "--dry-run")
    assert (plan["records"], plan["bytes"], plan["jobs"], plan["held"]) == (1, 3, {"broad": 1}, 0)
    assert "broad\t1" in facegate.ok("quarantine", "purge", "--dry-run")
    assert facegate.json("quarantine", "purge", "--dry-run", "--older-than", "0s")["records"] == 2
    assert facegate.json("quarantine", "purge", "--dry-run", "--job", "other")["records"] == 0
    assert len(list((facegate.home / "vault").glob("*/*"))) == 2


def test_beyond_what_is_due_it_wants_a_yes(facegate: Any) -> None:
    assert "say why with --reason" in facegate.refused("quarantine", "purge", "--older-than", "0s", "--yes")
    assert "add --yes" in facegate.refused("quarantine", "purge", "--older-than", "0s", "--reason", "by mistake")
    assert facegate("quarantine", "purge", "--older-than", "soon").exit_code == 2
    assert facegate.json("quarantine", "purge", "--older-than", "9d", "--yes", "--reason", "old")["purged"] == [
        "record-old"
    ]
    arguments = ("quarantine", "purge", "--older-than", "0s", "--yes", "--reason", "kept by mistake")
    assert facegate.json(*arguments)["purged"] == ["record-new"]
    (line,) = [each for each in tail(facegate.home / "ledger", 3) if each["event"] == "record-purged"]
    assert line["user"].startswith("os:")
    assert line["note"] == "kept by mistake"


def test_what_is_held_is_said(facegate: Any) -> None:
    facegate.ok("quarantine", "hold", "record-old", "--as", "eve", "--reason", "claim 7/26")
    assert "1 held: they stay" in facegate.ok("quarantine", "purge")


def test_a_file_that_stays_is_an_exit_with_1(facegate: Any) -> None:
    (path,) = (facegate.home / "vault").glob("*/record-old.sealed")
    path.unlink()
    path.mkdir()
    result = facegate("quarantine", "purge")
    assert result.exit_code == 1
    assert "1 files cannot be removed" in result.stderr
    path.rmdir()
    assert facegate("quarantine", "purge").exit_code == 0
