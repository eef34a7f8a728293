import contextlib
import json
import threading
import time
from pathlib import Path

import pytest
from facegate.ledger import shipping
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.destination import Destination
from facegate.ledger.rotation import Rotation
from facegate.ledger.shipping import Shipper, shipped, status_path
from ledger.receivers import Datagrams, Stream


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipping, "POLL", 0.02)
    monkeypatch.setattr(shipping, "BACKOFF", (0.02,))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    return tmp_path / "run"


def numbers(messages: list[bytes]) -> list[int]:
    found = (json.loads(message[message.index(b"] {") + 2 :]) for message in messages)
    return [entry["n"] for entry in found if "n" in entry]


def shipping_to(folder: Path, run: Path, port: int) -> Shipper:
    shipper = Shipper(folder, run, Destination("tcp", "127.0.0.1", port))
    shipper.start()
    return shipper


def test_lines_of_all_ledgers_in_their_order_over_rotations_and_restarts(folder: Path, run: Path, write) -> None:
    write(40)
    write(3, name="cli", begin=1000)
    with Stream() as receiver:
        shipper = shipping_to(folder, run, receiver.port)
        write(40, begin=40)
        total = sum(path.read_bytes().count(b"\n") for path in folder.glob("*.jsonl"))
        receiver.wait(total)
        shipper.stop()
        write(20, begin=80)
        shipper = shipping_to(folder, run, receiver.port)
        receiver.wait(sum(path.read_bytes().count(b"\n") for path in folder.glob("*.jsonl")))
        shipper.stop()
        found = numbers(receiver.messages)
    assert [n for n in found if n < 1000] == list(range(100))
    assert [n for n in found if n >= 1000] == [1000, 1001, 1002]
    status = shipped(run)
    assert status is not None
    assert (status.problem, status.to) == ("", f"tcp://127.0.0.1:{receiver.port}")
    assert status_path(run).stat().st_mode & 0o777 == 0o600


def test_while_the_receiver_is_away_lines_are_kept_and_nobody_waits(folder: Path, run: Path, caplog) -> None:
    with contextlib.closing(Stream()) as receiver:
        port = receiver.port
        shipper = shipping_to(folder, run, port)
        with ChainedLedger(folder, "cli", rotation=Rotation(1_000, None)) as ledger:
            ledger.append({"n": 0})
            receiver.wait(1)
            receiver.close()
            began = time.monotonic()
            for n in range(1, 200):
                ledger.append({"n": n})
            assert ledger.flush(10)
            assert ledger.healthy
            assert time.monotonic() - began < 8
            until = time.monotonic() + 10
            while not ((status := shipped(run)) and status.problem):
                assert time.monotonic() < until
                threading.Event().wait(0.02)
            with Stream(port=port) as again:
                found = again.wait(199)
                shipper.stop()
    received = numbers(found)
    assert sorted(set(received) | {0}) == list(range(200))
    assert [n for n, before in zip(received[1:], received, strict=False) if n < before] == []
    assert sum("takes no lines" in record.message for record in caplog.records) == 1
    assert shipped(run).problem == ""  # type: ignore[union-attr]


def test_another_receiver_gets_everything(folder: Path, run: Path, write) -> None:
    write(5)
    for _ in range(2):
        with Stream() as receiver:
            shipper = shipping_to(folder, run, receiver.port)
            assert numbers(receiver.wait(5)) == list(range(5))
            shipper.stop()


def test_what_was_written_last_goes_out_at_a_stop(folder: Path, run: Path, monkeypatch) -> None:
    monkeypatch.setattr(shipping, "POLL", 30.0)
    with Stream() as receiver:
        shipper = shipping_to(folder, run, receiver.port)
        with ChainedLedger(folder, "cli") as ledger:
            for n in range(700):
                ledger.append({"n": n})
        shipper.stop()
        assert numbers(receiver.wait(700)) == list(range(700))


def test_a_stop_does_not_wait_for_a_receiver_that_is_away(folder: Path, run: Path, write) -> None:
    write(5)
    with Stream() as receiver:
        port = receiver.port
    shipper = shipping_to(folder, run, port)
    began = time.monotonic()
    shipper.stop()
    assert time.monotonic() - began < 2


def test_long_lines_are_cut_for_datagrams(folder: Path, run: Path) -> None:
    with Datagrams() as receiver:
        with ChainedLedger(folder, "cli") as ledger:
            ledger.append({"n": 1, "url": "https://x/" + "a" * 8_000, "more": "b" * 8_000})
        shipper = Shipper(folder, run, Destination("udp", "127.0.0.1", receiver.port))
        shipper.start()
        (found,) = receiver.wait(1)
        shipper.stop()
    assert len(found) < 1_000
    assert b'seq="1"' in found


@pytest.mark.parametrize("text", ["", "{}", '{"to": 1}', "[]"])
def test_a_status_that_is_none(run: Path, text: str) -> None:
    status_path(run).write_text(text)
    assert shipped(run) is None
