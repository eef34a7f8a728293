"""What is built, and what is installed on a crawler's machine: Scrapy, and nothing of the gateway."""

import importlib.metadata
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UV = ROOT / "tools" / "uv"
GATEWAYS = {"facegate", "facegate_addons", "mitmproxy", "onnxruntime", "PIL"}


def test_its_metadata_asks_for_scrapy_alone() -> None:
    """As hatchling built it; `pip install` reads the same lines."""
    needs = importlib.metadata.requires("scrapy-facegate")
    assert needs is not None
    assert [need.partition(">")[0] for need in needs] == ["scrapy"]


def test_importing_it_brings_nothing_of_the_gateway_and_no_reactor() -> None:
    code = "import sys, scrapy_facegate; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "scrapy" in loaded
    assert not GATEWAYS & {name.partition(".")[0] for name in loaded}
    assert "twisted.internet.reactor" not in loaded  # Scrapy chooses one after its add-ons were loaded


def test_it_brings_its_licence() -> None:
    described = importlib.metadata.metadata("scrapy-facegate")
    assert described.get_all("License-File") == ["LICENSE"]
    assert (ROOT / "crawlers" / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    uv("build", "--out-dir", str(folder), str(ROOT / "crawlers"))  # the wheel out of the sdist
    return folder


def uv(*arguments: str, **environ: str) -> None:
    done = subprocess.run(
        ["/bin/sh", str(UV), *arguments],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"} | environ,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_both_archives_have_every_module_its_types_and_its_readme(built: Path) -> None:
    (wheel,), (sdist,) = built.glob("*.whl"), built.glob("*.tar.gz")
    modules = {f"scrapy_facegate/{file.name}" for file in (ROOT / "crawlers" / "scrapy_facegate").glob("*.py")}
    wanted = modules | {"scrapy_facegate/py.typed"}
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata = archive.read(next(name for name in names if name.endswith("/METADATA"))).decode()
    assert {name for name in names if ".dist-info/" not in name} == wanted
    assert "# scrapy-facegate" in metadata  # the README
    with tarfile.open(sdist) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    assert wanted | {"README.md", "LICENSE", "pyproject.toml"} <= inside


def test_it_is_installed_without_anything_of_the_gateway(tmp_path: Path) -> None:
    """In an environment of its own, with the locked versions of what it needs."""
    environment = tmp_path / "venv"
    wanted = ("--locked", "--package", "scrapy-facegate", "--no-default-groups", "--no-editable")
    uv("sync", "--quiet", *wanted, UV_PROJECT_ENVIRONMENT=str(environment))
    code = (
        "import json, importlib.metadata as metadata, scrapy_facegate.registration, scrapy_facegate.trust;"
        "print(json.dumps([scrapy_facegate.__file__, [each.name for each in metadata.distributions()]]))"
    )
    done = subprocess.run([environment / "bin" / "python", "-c", code], capture_output=True, text=True, check=True)
    place, installed = json.loads(done.stdout)
    assert Path(place).is_relative_to(environment)
    assert "Scrapy" in installed or "scrapy" in installed
    assert not {name.lower() for name in installed} & {"facegate", "mitmproxy", "onnxruntime", "pillow"}
