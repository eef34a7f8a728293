"""A ledger over several files: it goes on, is read as one, and survives an end at any moment of a rotation."""

import itertools
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from facegate.ledger import file as module
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.file import LedgerFile
from facegate.ledger.files import closed
from facegate.ledger.reading import entries, tail
from facegate.ledger.rotation import Rotation
from facegate.ledger.verify import verify
from facegate_addons.domain.model import utc_now

SMALL = Rotation(size=2_000, age=None)


def write(folder: Path, count: int, name: str = "gateway-0", begin: int = 0) -> None:
    file = LedgerFile(folder, name, rotation=SMALL)
    for n in range(begin, begin + count):
        file.append([{"n": n, "at": utc_now().isoformat()}])
    file.close()


def numbers(folder: Path) -> list[int]:
    return [entry["n"] for entry in entries(folder) if "n" in entry]


@pytest.mark.parametrize(
    ("rotation", "size", "age", "due"),
    [
        (Rotation(), 0, timedelta(0), False),
        (Rotation(), 256 << 20, timedelta(0), True),
        (Rotation(), 1, timedelta(days=30), True),
        (Rotation(None, None), 1 << 40, timedelta(days=9999), False),
        (Rotation(10, None), 9, timedelta(days=9999), False),
    ],
)
def test_when_it_is_due(rotation: Rotation, size: int, age: timedelta, due: bool) -> None:
    assert rotation.due(size, age) is due


def test_the_chain_goes_on_over_files(tmp_path: Path) -> None:
    write(tmp_path, 40)
    write(tmp_path, 40, begin=40)
    files = [*closed(tmp_path, "gateway-0"), tmp_path / "gateway-0.jsonl"]
    assert len(files) > 3
    assert files == sorted(tmp_path.glob("*.jsonl"))
    lines = [json.loads(line) for path in files for line in path.read_bytes().splitlines()]
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert all(a["hash"] == b["prev"] for a, b in itertools.pairwise(lines))
    for path in files[:-1]:
        last = json.loads(path.read_bytes().splitlines()[-1])
        assert last["entry"]["event"] == "ledger-rotated"
        assert path.name == f"gateway-0.{last['seq']:012}.jsonl" == last["entry"]["file"]
    for before, path in itertools.pairwise(files):
        first = json.loads(path.read_bytes().splitlines()[0])
        assert first["entry"]["event"] == "ledger-continued"
        assert first["entry"]["former"] == before.name
        assert first["entry"]["former_hash"] == first["prev"]
    assert all(report.ok for report in verify(tmp_path))
    assert [report.file for report in verify(tmp_path)] == [path.name for path in files]
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in files)


def test_readers_see_one_ledger(tmp_path: Path) -> None:
    write(tmp_path, 50)
    write(tmp_path, 3, name="cli", begin=50)
    assert numbers(tmp_path) == list(range(53))
    assert {entry["ledger"] for entry in entries(tmp_path)} == {"gateway-0", "cli"}
    last = [entry["n"] for entry in tail(tmp_path, 45) if "n" in entry]
    assert last == list(range(53))[-len(last) :]
    assert len(last) > 30


def test_an_old_file_is_closed_at_the_next_line(tmp_path: Path) -> None:
    file = LedgerFile(tmp_path, "cli")
    file.append([{"n": 0, "at": "2020-01-01T00:00:00+00:00"}])
    file.close()
    file = LedgerFile(tmp_path, "cli")
    file.append([{"n": 1}])
    file.append([{"n": 2}])
    file.close()
    assert [path.name for path in closed(tmp_path, "cli")] == ["cli.000000000002.jsonl"]
    assert numbers(tmp_path) == [0, 1, 2]


def test_a_clock_that_was_wrong_puts_none_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, ahead = utc_now(), [timedelta(0)]
    monkeypatch.setattr(module, "utc_now", lambda: real + ahead[0])
    file = LedgerFile(tmp_path, "gateway-0", rotation=Rotation(None, timedelta(hours=1)))
    for hours, rotated in ((0, 0), (24, 1), (0.5, 1), (2, 2)):  # a day ahead for a while
        ahead[0] = timedelta(hours=hours)
        file.append([{"n": hours, "at": real.isoformat()}])
        assert len(closed(tmp_path, "gateway-0")) == rotated
    file.close()
    assert all(report.ok for report in verify(tmp_path))


def test_a_rotation_that_fails_is_put_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_arguments: object, **_options: object) -> None:
        raise OSError(1, "no")

    for where in ("os.link", "pathlib.Path.replace"):
        folder = tmp_path / where
        folder.mkdir()
        file = LedgerFile(folder, "cli", rotation=SMALL)
        with monkeypatch.context() as patched:
            patched.setattr(where, fails)
            for n in range(30):
                file.append([{"n": n}])
        assert closed(folder, "cli") == []
        file.close()
        assert numbers(folder) == list(range(30))
        assert verify(folder)[0].ok
        write(folder, 20, name="cli", begin=30)
        assert closed(folder, "cli")
        assert all(report.ok for report in verify(folder))


@pytest.mark.parametrize("which", [0, 1, -1])
def test_a_removed_file_is_found(tmp_path: Path, which: int) -> None:
    write(tmp_path, 60)
    gone = [*closed(tmp_path, "gateway-0"), tmp_path / "gateway-0.jsonl"][which]
    last = json.loads(gone.read_bytes().splitlines()[-1])["seq"]
    gone.unlink()
    (bad,) = [report for report in verify(tmp_path) if not report.ok]
    assert "missing" in bad.problem
    assert f"{last:,}" in bad.problem
    (tmp_path / "gateway-0.head").unlink()
    assert [report for report in verify(tmp_path) if not report.ok]


def test_an_altered_and_a_removed_line_of_a_closed_file_are_named(tmp_path: Path) -> None:
    write(tmp_path, 60)
    path = closed(tmp_path, "gateway-0")[1]
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"n":', b'"m":', 3))
    (bad,) = [report for report in verify(tmp_path) if not report.ok]
    assert (bad.file, bad.bad_line) == (path.name, 2)
    lines = whole.splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:4] + lines[5:]))
    (bad,) = [report for report in verify(tmp_path) if not report.ok]
    assert (bad.file, bad.bad_line) == (path.name, 5)
    path.write_bytes(b"".join(lines[:-1]))  # the last one tells of the rotation
    (bad,) = [report for report in verify(tmp_path) if not report.ok]
    assert "1 missing" in bad.problem or "are missing before it" in bad.problem


def test_files_in_another_order_are_found(tmp_path: Path) -> None:
    write(tmp_path, 60)
    first, second, *_ = closed(tmp_path, "gateway-0")
    aside = tmp_path / "aside"
    first.rename(aside)
    second.rename(first)
    aside.rename(second)
    assert not all(report.ok for report in verify(tmp_path))


KILLED = """
import itertools, json, os, pathlib, sys
from facegate.ledger.file import LedgerFile
from facegate.ledger.rotation import Rotation
from facegate.ledger.verify import verify
from facegate.ledger.reading import entries

folder = pathlib.Path(sys.argv[1])
CALLS = [(os, "open"), (os, "close"), (os, "link"), (os, "pwrite"), (os, "fdatasync"), (os, "fsync"),
         (os, "ftruncate"), (pathlib.Path, "replace"), (pathlib.Path, "unlink")]

def die_at(step, torn):
    calls = itertools.count()
    def wrapped(real, name):
        def call(*arguments, **options):
            if next(calls) == step:
                if name == "pwrite" and torn:
                    handle, data, offset = arguments
                    real(handle, bytes(data)[: len(data) // 2], offset)
                os._exit(7)
            return real(*arguments, **options)
        return call
    for owner, name in CALLS:
        setattr(owner, name, wrapped(getattr(owner, name), name))

def child(home, step, torn):
    file = LedgerFile(home, "gateway-0", rotation=Rotation(1_000, None))
    n = 0
    while file._end < 1_000:
        file.append([{"n": n}])
        n += 1
    die_at(step, torn)
    file.append([{"n": n}])
    os._exit(0)

steps = 0
for torn in (False, True):
    for step in itertools.count():
        home = folder / f"{torn}-{step}"
        home.mkdir()
        pid = os.fork()
        if pid == 0:
            child(home, step, torn)
        done = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        assert done in (0, 7), done
        before = verify(home)
        for _ in range(2):
            file = LedgerFile(home, "gateway-0", rotation=Rotation(1_000, None))
            file.append([{"again": True}])
            file.close()
        reports = verify(home)
        assert all(report.ok for report in reports), (torn, step, reports)
        found = [entry["n"] for entry in entries(home) if "n" in entry]
        assert found in (list(range(len(found))), ) and len(found) >= 5, (torn, step, found)
        assert not list(home.glob("*.next")) or done == 7
        steps += 1
        if done == 0:
            break
print(steps)
"""


def test_a_process_that_ends_at_any_step_of_a_rotation_loses_nothing(tmp_path: Path) -> None:
    child = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], capture_output=True, text=True, check=False)
    assert child.returncode == 0, child.stderr
    assert int(child.stdout) > 20


def test_a_reader_meets_rotations_and_sees_no_damage(tmp_path: Path) -> None:
    with ChainedLedger(tmp_path, "gateway-0", rotation=Rotation(1_500, None)) as ledger:
        for n in range(60):
            for k in range(20):
                ledger.append({"n": n * 20 + k})
            assert all(report.ok for report in verify(tmp_path))
            found = numbers(tmp_path)
            assert found == list(range(len(found)))
        assert ledger.flush(10)
    assert len(closed(tmp_path, "gateway-0")) > 5
    assert numbers(tmp_path) == list(range(1200))
