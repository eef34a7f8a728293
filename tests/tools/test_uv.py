"""tools/uv hands over to a uv on PATH that is new enough to read uv.lock."""

import subprocess
from pathlib import Path

import pytest

UV = Path(__file__).parents[2] / "tools" / "uv"
OTHER = """#!/bin/sh
[ "$1" = --version ] && echo "uv {version} (somewhere)" || echo "uv {version} was asked to: $*"
"""


@pytest.mark.parametrize("version", ["0.13.9", "0.13.10", "0.100.0", "1.0.0"])
def test_takes_a_new_enough_uv(tmp_path: Path, version: str) -> None:
    other = tmp_path / "uv"
    other.write_text(OTHER.format(version=version), encoding="utf-8")
    other.chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", UV, "sync", "--locked"],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
    )
    assert done.stdout == f"uv {version} was asked to: sync --locked\n"
