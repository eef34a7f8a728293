"""What a process and its children take, held against children that are made to take something."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2]))

from benchmarks.gate import processes

pytestmark = pytest.mark.skipif(not processes.known(), reason="this kernel does not list children in /proc")
HOLDER = "held = b'1' * (32 << 20); print(1, flush=True); input()"
PARENT = f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {HOLDER!r}]).wait()"
BUSY = "import time\nwhile time.process_time() < 0.5: pass\nprint(1, flush=True)\ninput()"


@contextmanager
def running(code: str) -> Iterator[int]:
    """Its pid, once it, or its child, has printed something; it ends when its input does."""
    argv = [sys.executable, "-c", code]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        yield process.pid
        assert process.stdin
        process.stdin.write(b"\n")


def test_memory_is_that_of_all_below() -> None:
    with running(PARENT) as pid:
        found = processes.footprint(pid)
        assert processes.tree(pid)[0] == pid
        assert found.processes == len(processes.tree(pid)) == 2
        assert found.uss > 32 << 20
        assert found.rss >= found.uss
        assert found.descriptors >= 6


def test_time_is_what_was_worked() -> None:
    with running(BUSY) as pid:
        assert 0.4 < processes.cpu_seconds(pid) < 5
        processes.settle(pid)
        before = processes.cpu_seconds(pid)
        assert processes.cpu_seconds(pid) == pytest.approx(before, abs=0.05)


def test_one_that_is_gone_takes_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    assert processes.cpu_seconds(process.pid) == 0
    assert processes.footprint(process.pid) == processes.Footprint(0, 0, 0, 0)
    assert os.getpid() in processes.tree(os.getpid())
