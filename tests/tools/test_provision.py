"""tools/provision never fails a run, and costs nothing when there is nothing to do."""

import subprocess
from pathlib import Path

PROVISION = Path(__file__).parents[2] / "tools" / "provision"


def provision(path: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", PROVISION], capture_output=True, text=True, timeout=60, check=False, env={"PATH": path}
    )


def test_says_what_is_missing_where_it_may_not_install() -> None:
    done = provision("/nonexistent")
    assert done.returncode == 0
    assert "Not installed: redis-server chromium" in done.stderr
    assert "skipped" in done.stderr


def test_does_nothing_when_all_is_there(tmp_path: Path) -> None:
    for program in ("redis-server", "chromium", "haproxy", "certutil", "apt-get"):
        (tmp_path / program).write_text("#!/bin/sh\necho it was called\nexit 1\n", encoding="utf-8")
        (tmp_path / program).chmod(0o755)
    done = provision(str(tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
