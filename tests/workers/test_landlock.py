import os
import subprocess
import sys
from pathlib import Path

import pytest

TRY = """
import ctypes, os, sys
from pathlib import Path
from facegate_addons.workers.landlock import read_only
folder = Path(sys.argv[1])
before = len(os.listdir("/proc/self/fd"))
if "granted" in sys.argv:
    ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)
read_only([str(folder / "code"), str(folder / "one"), str(folder / "missing"), "/proc/self/fd"])
assert len(os.listdir("/proc/self/fd")) == before
for path in ("code/module", "one", "two", "code/../two"):
    try:
        print((folder / path).read_text())
    except PermissionError:
        print("closed")
try:
    (folder / "code" / "new").write_bytes(b"")
except PermissionError:
    print("not written")
"""
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Landlock is Linux's")


def test_what_is_named_can_be_read_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    for name in ("code/module", "one", "two"):
        (tmp_path / name).write_text(name)
    argv = [sys.executable, "-c", TRY, str(tmp_path), "granted"]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["code/module", "one", "closed", "closed", "not written"]


def test_what_the_kernel_refuses_is_an_error() -> None:
    """Without the promise to gain no privileges only root may restrict itself."""
    drop = [] if os.geteuid() else ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
    argv = [*drop, sys.executable, "-c", TRY, "/"]
    done = subprocess.run(argv, capture_output=True, text=True)
    assert "PermissionError: [Errno 1] Operation not permitted" in done.stderr
