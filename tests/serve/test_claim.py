import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from facegate.serve import claim as claims
from facegate.serve.claim import claim

HERE = "127.0.0.1"
ELSEWHERE = """
import sys, tempfile
from facegate.serve import claim as claims
tempfile.tempdir = sys.argv[3]
with getattr(claims, sys.argv[1])("127.0.0.1", int(sys.argv[2])):
    print("held", flush=True)
    sys.stdin.read()
"""
Claim = Callable[[str, int], AbstractContextManager[object]]


def free(take: Claim, port: int, host: str = HERE) -> bool:
    try:
        with take(host, port):
            return True
    except OSError:
        return False


@pytest.mark.parametrize("way", ["_name", "_file"])
def test_a_claim_is_one_processs_until_it_ends(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims.tempfile, "tempdir", str(tmp_path))
    take: Claim = getattr(claims, way)
    port = 70_000  # no port: nobody on this machine has claimed it
    command = [sys.executable, "-c", ELSEWHERE, way, str(port), str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        assert not free(take, port)
        assert free(take, port + 1)
        assert free(take, port, "::1")
        other.kill()
    assert free(take, port)
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in tmp_path.iterdir())


def test_what_is_claimed_is_told() -> None:
    with claim(HERE, 70_002) as first, claim(HERE, 70_002) as second:
        assert (first, second) == (True, False)
