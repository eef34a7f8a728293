"""In a child process: what is given up here is given up for good."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from facegate.diagnosis.sandbox import ABOUT
from workers import probes

LINUX = sys.platform == "linux"
ALWAYS = {"cores", "descriptors", "files"}
# what succeeds where a measure was not taken, of what no other closes
OPEN = {
    "memory": {"memory"},
    "paths": {"read", "list", "passwords", "environment of the parent"},
    "user": {"root"},
}


@pytest.fixture
def listener() -> Iterator[tuple[str, int]]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[:2]


def probe(folder: Path, listener: tuple[str, int], *more: str) -> tuple[dict[str, str], set[str], int]:
    """The measures, what succeeded all the same, and how it ended."""
    (folder / "mine").write_bytes(b"mine")
    (folder / "weights").write_bytes(b"w")
    (folder / "mine").chmod(0o666)
    folder.chmod(0o777)
    done = subprocess.run(
        [sys.executable, probes.__file__, str(folder), listener[0], str(listener[1]), *more],
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    measures, *said = done.stdout.splitlines()
    assert said[-2:] == ["a thread runs", "code is read"], done.stderr
    return json.loads(measures), set(said[:-2]), done.returncode


@pytest.mark.skipif(not LINUX, reason="only Linux has most of them")
def test_what_a_sealed_process_tries_fails(tmp_path: Path, listener: tuple[str, int]) -> None:
    measures, succeeded, status = probe(tmp_path, listener)
    assert measures.keys() == ABOUT.keys()
    refused = {name for name, why in measures.items() if why}
    assert not refused & (ALWAYS | {"privileges", "capabilities", "paths", "calls"})
    assert succeeded == set().union(*(OPEN.get(name, set()) for name in refused))
    assert status == -signal.SIGABRT  # a signal to oneself is allowed
    assert (tmp_path / "compiled").read_bytes() == b"x"
    assert (tmp_path / "mine").read_bytes() == b"mine"


@pytest.mark.skipif(not LINUX, reason="only Linux has most of them")
def test_what_the_system_refuses_is_said_and_the_rest_is_taken(tmp_path: Path, listener: tuple[str, int]) -> None:
    measures, succeeded, _ = probe(tmp_path, listener, "refused")
    assert measures["paths"] == "Function not implemented"
    assert measures["network"] == "Operation not permitted"
    assert all(measures[name] == "" for name in ALWAYS | {"calls"})
    assert succeeded >= OPEN["paths"] - {"environment of the parent"}
    assert not succeeded & {"write", "create", "connect", "socket", "fork", "program", "execute", "signal", "trace"}


WHO = """
import os, sys
from facegate_addons.workers.confine import seal
if len(sys.argv) > 1:
    sys.base_prefix, sys.path[:] = "/usr", sys.argv[1:]
print(seal("/dev/null", driver=True)["user"], *os.getresuid(), *os.getresgid(), *os.getgroups())
"""


def who(*searched: str) -> str:
    done = subprocess.run([sys.executable, "-c", WHO, *searched], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_root_becomes_nobody_where_nobody_can_read_the_code(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    mine = " ".join(map(str, (*os.getresuid(), *os.getresgid(), *os.getgroups())))
    if os.geteuid() == 0:
        assert who("/usr/lib") == " ".join(["65534"] * 6)
        assert who("/usr/lib", str(tmp_path)) == f"{tmp_path} is closed to others {mine}"
    else:
        assert who() == mine


def test_a_driver_is_left_what_it_opens() -> None:
    said = "import json\nfrom facegate_addons.workers.confine import seal\nprint(json.dumps(seal('', driver=True)))"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    measures = json.loads(done.stdout)
    assert measures["files"] == ""
    assert not LINUX or "driver" in measures["paths"]
