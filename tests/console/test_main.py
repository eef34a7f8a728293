import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
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
    assert ended.stderr.startswith("facegate: the console cannot listen on 127.0.0.1:")
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


PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-m", "facegate.console", "--home", sys.argv[1], "--console", "127.0.0.1:0"])
child.wait()
"""


def test_it_ends_with_its_parent(home: Home) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(home.path)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    url = parent.stdout.readline().split()[-1]
    assert httpx.get(f"{url}/healthz", trust_env=False).status_code == 200
    parent.kill()
    parent.wait()
    assert parent.stdout.read() == ""  # the pipe ends when the console, its last holder, has ended
    parent.stdout.close()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/healthz", trust_env=False)
