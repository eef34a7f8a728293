"""tools/audit looks up what is locked, all of it, and what it could not look up is no good news."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UV = '#!/bin/sh\necho "uv $*"\n[ "$1" = export ] || exit %d\n'


@pytest.mark.parametrize("status", [0, 1])
def test_it_asks_strictly_and_ends_as_the_audit_does(tmp_path: Path, status: int) -> None:
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools/audit", tmp_path / "tools")
    (tmp_path / "tools/uv").write_text(UV % status, encoding="utf-8")
    (tmp_path / "tools/uv").chmod(0o755)
    done = subprocess.run([tmp_path / "tools/audit", "--format", "json"], capture_output=True, text=True, timeout=60)
    export, audit = done.stdout.splitlines()
    assert done.returncode == status
    assert {"--locked", "--no-dev", "--all-extras"} <= set(export.split())
    assert {"--strict", "--disable-pip", "--require-hashes", "--locked", "audit"} <= set(audit.split())
    assert export.split()[-1] in audit
    assert audit.endswith(" --format json")
