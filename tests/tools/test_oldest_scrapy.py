"""tools/oldest-scrapy asks for the oldest Scrapy that the distribution takes, and runs the live tests with it."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ASKED = '#!/bin/sh\necho "uv $*"\necho "${SCRAPY_PYTHON:-}"\n'


@pytest.mark.parametrize(("arguments", "version"), [((), "2.13.*"), (("2.15.*", "-x"), "2.15.*")])
def test_it_installs_the_wheel_with_that_scrapy_and_runs_the_tests(
    tmp_path: Path, arguments: tuple[str, ...], version: str
) -> None:
    for name in ("tools/oldest-scrapy", "crawlers/pyproject.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "tools" / "uv").write_text(ASKED, encoding="utf-8")
    (tmp_path / "tools" / "uv").chmod(0o755)
    said = subprocess.run(
        [tmp_path / "tools" / "oldest-scrapy", *arguments], capture_output=True, text=True, timeout=60, check=True
    ).stdout
    assert f" scrapy=={version} pillow " in said
    assert "/venv/bin/python" in said
    (tests,) = (line for line in said.splitlines() if " pytest " in line)
    files = [word for word in tests.split() if word.startswith("tests/")]
    assert files
    assert all((ROOT / file).exists() for file in files)
    assert tests.endswith(" -x") == ("-x" in arguments)
