import os
import subprocess
import sys
from pathlib import Path

import pytest
from facegate.metrics import folder
from facegate.metrics.exposition import exposition

COUNT = """
import sys
from pathlib import Path
from facegate.metrics import folder
from facegate.metrics.meters import Meters
meters = Meters()
folder.reserve(Path(sys.argv[1]))
meters.vault_failures.inc()
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")  # to be put back
    folder.prepare(tmp_path)
    return tmp_path


def counting(run: Path) -> None:
    subprocess.run([sys.executable, "-c", COUNT, run], check=True, timeout=60)


def test_totals_outlive_the_process_and_not_the_next_serve(run: Path) -> None:
    counting(run)
    counting(run)
    assert b"facegate_vault_failures_total 2.0\n" in exposition(run)
    assert (run / folder.NAME).stat().st_mode & 0o777 == 0o700
    folder.prepare(run)
    assert b"facegate_vault_failures_total" not in exposition(run)


def test_its_room_is_taken_at_the_start(run: Path) -> None:
    counting(run)
    files = list((run / folder.NAME).glob("*.db"))
    assert {file.name.split("_")[0] for file in files} == {"counter", "histogram"}
    if hasattr(os, "posix_fallocate"):
        assert all(file.stat().st_blocks * 512 >= file.stat().st_size for file in files)


def test_no_label_needs_more_room_than_was_taken(run: Path) -> None:
    everything = (
        COUNT
        + """
from facegate_addons.domain.job import Kind
from facegate_addons.domain.reasons import Reason
taken = {file: file.stat().st_size for file in (Path(sys.argv[1]) / folder.NAME).iterdir()}
for scope in ("", *Kind):
    for reason in Reason:
        for action in ("drop", "quarantine"):
            line = {"scope": scope, "action": action, "reason": reason, "ms": 1, "size": 1, "faces": 1}
            meters.exchange(line)
assert {file: file.stat().st_size for file in taken} == taken
"""
    )
    subprocess.run([sys.executable, "-c", everything, run], check=True, timeout=60)
    if hasattr(os, "posix_fallocate"):
        files = (run / folder.NAME).glob("*.db")
        assert all(file.stat().st_blocks * 512 >= file.stat().st_size for file in files)
