import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from facegate.ledger import chained
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.file import LedgerFile
from facegate.ledger.verify import verify
from facegate_addons.domain.ports import Ledger
from live.processes import eventually


def events(path: Path) -> list[object]:
    return [json.loads(line)["entry"]["n"] for line in path.read_bytes().splitlines()]


def test_the_order_is_kept_and_the_chain_holds(tmp_path: Path) -> None:
    with ChainedLedger(tmp_path, "gateway-0") as ledger:
        gate: Ledger = ledger
        for n in range(3000):
            gate.append({"n": n})
        assert gate.healthy
    assert events(tmp_path / "gateway-0.jsonl") == list(range(3000))
    assert verify(tmp_path)[0].ok


def test_append_never_waits_for_the_disk(tmp_path: Path) -> None:
    with ChainedLedger(tmp_path, "gateway-0") as ledger:
        start = time.monotonic()
        for n in range(2000):
            ledger.append({"n": n})
        assert time.monotonic() - start < 0.5
        assert ledger.flush(10)
        assert len(events(tmp_path / "gateway-0.jsonl")) == 2000


def test_a_disk_that_hangs_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chained, "STALLED", 0.05)
    begun, go_on, append = threading.Event(), threading.Event(), LedgerFile.append

    def hangs(file: LedgerFile, entries: Any) -> None:
        begun.set()
        assert go_on.wait(20)
        append(file, entries)

    monkeypatch.setattr(LedgerFile, "append", hangs)
    with ChainedLedger(tmp_path, "gateway-0") as ledger:
        ledger.append({"n": 0})
        assert begun.wait(20)
        eventually(lambda: not ledger.healthy, 20, "it says that it hangs")
        go_on.set()
        eventually(lambda: ledger.healthy and not ledger.waiting, 20, "it goes on")
    assert events(tmp_path / "gateway-0.jsonl") == [0]


FULL = """
import resource, signal, sys, json
from pathlib import Path
from facegate.ledger.chained import ChainedLedger
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
ledger = ChainedLedger(Path(sys.argv[1]), "gateway-0")
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
for n in range(2000):
    ledger.append({"n": n, "pad": "x" * 100})
assert not ledger.flush(10)
assert not ledger.healthy
size = (Path(sys.argv[1]) / "gateway-0.jsonl").stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
with ledger._changed:
    assert ledger._changed.wait_for(lambda: ledger.healthy, 20)
ledger.close()
print(size)
"""


def test_a_full_disk_shows_keeps_what_it_had_and_recovers(tmp_path: Path) -> None:
    child = subprocess.run([sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=False)
    assert child.returncode == 0, child.stderr
    assert int(child.stdout) <= 100_000
    assert events(tmp_path / "gateway-0.jsonl") == list(range(2000))
    report = verify(tmp_path)[0]
    assert report.ok
    assert report.notes == ()


KILLED = """
import sys
from pathlib import Path
from facegate.ledger.chained import ChainedLedger
ledger = ChainedLedger(Path(sys.argv[1]), "gateway-0")
n = 0
while True:
    ledger.append_now({"n": n})
    print(n, flush=True)
    n += 1
"""


def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    for line in child.stdout:
        if int(line) >= 50:
            break
    child.send_signal(signal.SIGKILL)
    acknowledged = max([50, *(int(line) for line in child.stdout.read().split())])
    child.wait()
    child.stdout.close()
    ChainedLedger(tmp_path, "gateway-0").close()
    report = verify(tmp_path)[0]
    assert report.ok
    assert report.lines > acknowledged


def test_what_is_kept_in_memory_is_bounded_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("facegate.ledger.chained.KEPT", 10)
    ledger = ChainedLedger(tmp_path, "gateway-0")
    real = ledger._file._file
    ledger._file._file = -1
    for n in range(25):
        ledger.append({"n": n})
    assert not ledger.flush(5)
    ledger._file._file = real
    with ledger._changed:
        assert ledger._changed.wait_for(lambda: ledger.healthy, 10)
    ledger.close()
    entries = [json.loads(line)["entry"] for line in (tmp_path / "gateway-0.jsonl").read_bytes().splitlines()]
    assert [entry["n"] for entry in entries[:-1]] == list(range(10))
    assert (entries[-1]["event"], entries[-1]["lines"]) == ("ledger-dropped", 15)
    assert "15 lines were lost" in verify(tmp_path)[0].notes[0]
