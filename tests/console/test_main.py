import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from facegate.console.__main__ import check_certificate
from facegate.errors import ConfigError
from facegate.sections import Console
from facegate.state.home import Home


def test_sigterm_drains_and_exits_0(console: Callable[[], AbstractContextManager[Any]]) -> None:
    with console() as running:
        assert running.client.get("/healthz").status_code == 200
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(timeout=20) == 0
        assert running.process.stderr.read() == ""


def start(home: Home, listen: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "facegate.console", "--home", str(home.path), "--console", listen],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_port_in_use_is_one_line(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = start(home, f"127.0.0.1:{taken.getsockname()[1]}")
    assert ended.returncode == 2
    assert ended.stderr.startswith("facegate: console: 127.0.0.1:")
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("listen", ["8081", "127.0.0.1:http", "999.1.1.1:80"])
def test_an_address_that_is_none_is_one_line(home: Home, listen: str) -> None:
    ended = start(home, listen)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1


def test_a_damaged_database_is_one_line(home: Home) -> None:
    home.database.write_bytes(b"\0" * 4096)
    ended = start(home, "127.0.0.1:0")
    assert ended.returncode == 2
    assert "restore it from a backup" in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_it_tells_its_supervisor_and_ends_with_it(home: Home) -> None:
    (status_read, status_write), (life_read, life_write) = os.pipe(), os.pipe()
    command = [sys.executable, "-m", "facegate.console", "--home", str(home.path), "--console", "127.0.0.1:0"]
    command += [f"--status-fd={status_write}", f"--life-fd={life_read}"]
    with subprocess.Popen(command, pass_fds=[status_write, life_read]) as process:
        os.close(status_write)
        os.close(life_read)
        with os.fdopen(status_read) as status:
            assert status.read() == "ready\n"
        assert process.poll() is None
        os.close(life_write)
        assert process.wait(timeout=20) == 0


def test_it_tells_its_supervisor_why_it_cannot_start(home: Home) -> None:
    home.database.write_bytes(b"\0" * 4096)
    status_read, status_write = os.pipe()
    command = [sys.executable, "-m", "facegate.console", "--home", str(home.path), "--console", "127.0.0.1:0"]
    command += [f"--status-fd={status_write}"]
    with subprocess.Popen(command, pass_fds=[status_write]) as process:
        os.close(status_write)
        with os.fdopen(status_read) as status:
            assert "restore it from a backup" in status.read()
        assert process.wait(timeout=20) == 2


def test_a_certificate_that_is_none_is_one_line(tmp_path: Path) -> None:
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("nonsense")
    for file, why in ((nonsense, "are no certificate and its key in PEM"), (tmp_path / "none", "No such file")):
        with pytest.raises(ConfigError, match=why):
            check_certificate(Console(certificate=str(file), key=str(file)))
    check_certificate(Console())
