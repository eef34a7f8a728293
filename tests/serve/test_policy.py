import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path

import pytest
from facegate import config
from facegate.serve import policy as module
from facegate.serve.banner import BANNER
from facegate.serve.policy import ENFORCING, PolicyInForce
from facegate_addons.domain.model import Action


class Book:
    """A ledger in memory."""

    healthy = True

    def __init__(self) -> None:
        self.lines: list[Mapping[str, object]] = []

    def append(self, entry: Mapping[str, object]) -> None:
        self.lines.append(entry)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "facegate.toml"
    path.write_text('[policy]\nmode = "enforce"\n')
    return path


def test_a_reload_keeps_what_the_command_line_decided(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "facegate.toml"
    file.write_text('[policy]\nfaces = "drop"\n')
    overrides = {"policy__unreadable": "drop"}
    policy = PolicyInForce(config.load(file, **overrides), overrides)
    file.write_text('[policy]\nfaces = "quarantine"\n')
    policy.reload()
    assert (policy.now.faces, policy.now.unreadable) == (Action.QUARANTINE, Action.DROP)
    file.write_text("faces =")
    policy.reload()
    assert policy.now.faces is Action.QUARANTINE
    assert "not reloaded" in caplog.text


def test_each_change_is_a_line_and_a_word_in_the_log(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    book, policy = Book(), PolicyInForce(config.load(file), {})
    policy.begin(book)
    for mode in ("observe", "observe", "enforce"):
        file.write_text(f'[policy]\nmode = "{mode}"\n')
        policy.reload()
        assert policy.now.observes is (mode == "observe")
    enforcing, observing = "1:quarantine/quarantine", "1:quarantine/quarantine:observe"
    assert book.lines == [
        {
            "event": "policy-changed",
            "mode": mode,
            "policy": after,
            "before": before,
            "source": str(file),
        }
        for mode, before, after in (("observe", enforcing, observing), ("enforce", observing, enforcing))
    ]
    told = [record.getMessage() for record in caplog.records]
    assert told == [f"***** {BANNER} *****", f"***** {ENFORCING} *****"]
    assert {record.levelno for record in caplog.records} == {logging.WARNING}


def test_another_change_says_nothing_of_modes(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    book, policy = Book(), PolicyInForce(config.load(file), {})
    policy.begin(book)
    file.write_text('[policy]\nfaces = "drop"\n')
    policy.reload()
    assert [line["policy"] for line in book.lines] == ["1:drop/quarantine"]
    assert not caplog.records


def test_observing_from_the_start_is_told_and_enforcing_is_not(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    book = Book()
    PolicyInForce(config.load(file), {}).begin(book)
    assert (book.lines, caplog.records) == ([], [])
    PolicyInForce(config.load(file, policy__mode="observe"), {}).begin(book)
    (line,) = book.lines
    assert (line["event"], line["mode"], line["before"]) == ("policy-changed", "observe", "")
    assert BANNER in caplog.text


async def test_it_is_said_again_and_again_while_nothing_is_withheld(
    file: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REMINDER_SECONDS", 0.0)
    policy = PolicyInForce(config.load(file), {})
    reminding = asyncio.create_task(policy.remind())
    for _ in range(10):
        await asyncio.sleep(0)
    assert not caplog.records
    policy.now = config.load(policy__mode="observe").gate_policy
    for _ in range(10):
        await asyncio.sleep(0)
    reminding.cancel()
    assert len(caplog.records) > 2
    assert {record.getMessage() for record in caplog.records} == {f"***** {BANNER} *****"}
