"""What is built, and that it works where there is no clone: `uv tool install` of the wheel does the same."""

import json
import os
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest
from facegate.selftest import canary

ROOT = Path(__file__).parents[1]
PACKAGES = (ROOT / "addons" / "facegate_addons", ROOT / "proxy" / "facegate")


def uv(*arguments: str, **environ: str) -> None:
    done = subprocess.run(
        ["/bin/sh", str(ROOT / "tools" / "uv"), *arguments],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"} | environ,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_archives_have_every_file_of_both_packages(tmp_path: Path) -> None:
    uv("build", "--out-dir", str(tmp_path))  # the wheel out of the sdist
    files = (file for package in PACKAGES for file in package.rglob("*") if file.is_file())
    wanted = {file.relative_to(ROOT).as_posix().partition("/")[2] for file in files if file.suffix != ".pyc"}
    (wheel,), (sdist,) = tmp_path.glob("*.whl"), tmp_path.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata = archive.read(next(name for name in names if name.endswith("/METADATA"))).decode()
    assert {name for name in names if ".dist-info/" not in name} == wanted
    assert "# facegate" in metadata  # the README
    assert "Provides-Extra: demo" in metadata
    with tarfile.open(sdist) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    assert {"README.md", "LICENSE", "pyproject.toml", "docs/start.md"} <= inside


@pytest.mark.timeout(300)
def test_installed_it_works(tmp_path: Path) -> None:
    """In an environment of its own, with the locked versions of what it needs, and without the source at hand."""
    environment, picture = tmp_path / "venv", tmp_path / "face.jpg"
    picture.write_bytes(canary.jpeg())
    wanted = ("--locked", "--package", "facegate", "--no-default-groups", "--no-editable")
    uv("sync", "--quiet", *wanted, UV_PROJECT_ENVIRONMENT=str(environment))

    def facegate(*arguments: str) -> subprocess.CompletedProcess[str]:
        argv = [str(environment / "bin" / "facegate"), *arguments]
        return subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)

    assert facegate("--version").stdout.startswith("facegate, version ")
    scanned = facegate("scan", "--json", str(picture))
    assert scanned.returncode == 1, scanned.stderr
    assert json.loads(scanned.stdout)["verdict"] == "faces"
    demo = facegate("demo", "--once")
    assert demo.returncode == 2
    assert "pip install 'facegate[demo]'" in demo.stderr  # the photographs are an extra
