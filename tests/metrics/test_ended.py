"""Counters of real processes that have ended."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from facegate.metrics import ended, folder
from facegate.metrics.ended import add_up, undisturbed
from facegate.metrics.exposition import exposition

COUNT = """
import sys
from facegate.metrics.meters import Meters
meters = Meters()
meters.vault_failures.inc()
meters.faces.labels("drop").inc(int(sys.argv[1]))
meters.queue_seconds.observe(0.02)
meters.queue_seconds.observe(20.0)
print("counted", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")  # to be put back
    folder.prepare(tmp_path)
    return tmp_path


def counting(faces: int) -> subprocess.Popen[bytes]:
    """A process that has counted, and waits for its end."""
    process = subprocess.Popen([sys.executable, "-c", COUNT, str(faces)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline() == b"counted\n"
    return process


def over(*processes: subprocess.Popen[bytes]) -> None:
    for process in processes:
        process.communicate(timeout=60)


def counted(run: Path) -> set[str]:
    lines = exposition(run).decode().splitlines()
    return {
        line for line in lines if line.startswith("facegate_") and "_gateway_" not in line and "observe" not in line
    }


def names(run: Path) -> list[str]:
    return sorted(path.name for path in (run / folder.NAME).glob("*.db"))


def test_nothing_is_lost_and_nothing_counted_twice(run: Path) -> None:
    alive, *dead = counting(1), counting(20), counting(300)
    over(*dead)
    before = counted(run)
    assert {'facegate_faces_total{action="drop"} 321.0', "facegate_queue_seconds_count 6.0"} <= before
    add_up(run / folder.NAME)
    assert names(run) == [
        f"counter_{alive.pid}.db", "counter_ended.db", f"histogram_{alive.pid}.db", "histogram_ended.db"
    ]  # fmt: skip
    assert counted(run) == before
    over(alive)
    add_up(run / folder.NAME)  # onto what was added up before
    assert counted(run) == before
    add_up(run / folder.NAME)
    assert names(run) == ["counter_ended.db", "histogram_ended.db"]
    assert counted(run) == before


def test_the_file_is_no_larger_for_many(run: Path) -> None:
    sizes = set()
    for _ in range(3):
        over(counting(7))
        add_up(run / folder.NAME)
        sizes.add(sum(path.stat().st_size for path in (run / folder.NAME).glob("*_ended.db")))
    assert len(sizes) == 1
    assert sizes.pop() < 64 << 10


def test_a_full_disk_leaves_all_as_it_is(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    over(counting(7))
    before = counted(run)
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        add_up(run / folder.NAME)
    assert counted(run) == before


def test_who_reads_is_waited_for(run: Path) -> None:
    over(counting(7))
    with undisturbed(run / folder.NAME):
        adding = threading.Thread(target=add_up, args=(run / folder.NAME,))
        adding.start()
        adding.join(0.1)
        assert "counter_ended.db" not in names(run)
    adding.join(60)
    assert "counter_ended.db" in names(run)


def test_what_belongs_to_no_process_stays(run: Path) -> None:
    other = run / folder.NAME / "counter_x.db"
    other.write_bytes(bytes(64))
    add_up(run / folder.NAME)
    assert other.exists()
    assert not ended._ended(other)
