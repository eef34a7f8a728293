import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

MODULE = "import sys, time\nprint(*sys.argv[1:], flush=True)\ntime.sleep(60)\n"


@pytest.fixture
def held(tmp_path: Path) -> tuple[subprocess.Popen[str], int]:
    (tmp_path / "stands_in.py").write_text(MODULE)
    theirs, ours = os.pipe()
    argv = [sys.executable, "-m", "facegate.serve.held", str(theirs), "stands_in", "one", "two"]
    process = subprocess.Popen(
        argv, stdout=subprocess.PIPE, text=True, pass_fds=[theirs], env=os.environ | {"PYTHONPATH": str(tmp_path)}
    )
    os.close(theirs)
    return process, ours


def test_it_runs_with_its_arguments_and_ends_with_whoever_started_it(held: tuple[subprocess.Popen[str], int]) -> None:
    process, ours = held
    assert process.stdout
    assert process.stdout.readline() == "one two\n"
    assert process.poll() is None
    os.close(ours)  # as the kernel does when the starter is killed
    assert process.wait(30) == -signal.SIGTERM
    process.stdout.close()
