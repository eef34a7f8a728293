import subprocess
import sys

from facegate.logs.bare import UNUSED


def test_nothing_is_taken_along_and_nothing_stays_hidden() -> None:
    code = "import sys, facegate.logs.lines as lines; print(*sys.modules); import rich; print(lines.structlog)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    loaded, used = done.stdout.splitlines()
    assert not set(UNUSED) & set(loaded.split())
    assert "structlog" in used
