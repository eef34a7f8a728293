import fcntl
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from facegate.errors import HomeError
from facegate.serve.lock import alone, serving


def test_one_serve_for_a_home(tmp_path: Path) -> None:
    already = rf"another facegate serves from .* \(process {os.getpid()}\); stop it or"
    with alone(tmp_path), pytest.raises(HomeError, match=already), alone(tmp_path):
        pytest.fail("two at once")
    with alone(tmp_path):
        pass  # the first gave it back


def test_the_lock_ends_with_its_process(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib, os; from facegate.serve.lock import alone\n"
        "with alone(pathlib.Path(sys.argv[1])): os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == 9
    assert serving(tmp_path) is None  # though its number is still there
    with alone(tmp_path):
        assert (tmp_path / "serve.lock").read_text() == str(os.getpid())
        assert (tmp_path / "serve.lock").stat().st_mode & 0o777 == 0o600


def test_who_serves_is_found(tmp_path: Path) -> None:
    assert serving(tmp_path) is None
    with alone(tmp_path):
        assert serving(tmp_path) == os.getpid()
    assert serving(tmp_path) is None


def test_nobody_is_found_where_no_number_stands_yet(tmp_path: Path) -> None:
    with (tmp_path / "serve.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert serving(tmp_path) is None


def test_who_only_asks_is_waited_for(tmp_path: Path) -> None:
    with (tmp_path / "serve.lock").open("w") as asking:
        fcntl.flock(asking, fcntl.LOCK_SH)
        threading.Timer(0.05, fcntl.flock, (asking, fcntl.LOCK_UN)).start()
        with alone(tmp_path):
            assert serving(tmp_path) == os.getpid()
