"""What a release is made of: every distribution is locked by its hash, and listed."""

import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LOCK: dict[str, Any] = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
OURS = {"facegate", "scrapy-facegate"}


@pytest.mark.parametrize("package", LOCK["package"], ids=lambda package: package["name"])
def test_each_distribution_has_its_hash(package: dict[str, Any]) -> None:
    if package["name"] in OURS:
        assert set(package["source"]) <= {"editable", "virtual"}
        return
    assert package["source"] == {"registry": "https://pypi.org/simple"}
    files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else [])]
    assert files
    assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", file["hash"]) for file in files)


def test_mitmproxy_is_pinned_to_one_release_and_locked_within_it() -> None:
    (wanted,) = (line for line in PROJECT["project"]["dependencies"] if line.startswith("mitmproxy"))
    pinned = re.fullmatch(r"mitmproxy==(\d+\.\d+)\.\*", wanted)
    assert pinned
    (locked,) = (package["version"] for package in LOCK["package"] if package["name"] == "mitmproxy")
    assert locked.startswith(f"{pinned[1]}.")


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """As `make sbom` writes it."""
    commands = subprocess.run(["make", "-n", "sbom"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    place = tmp_path_factory.mktemp("bill") / "bill.json"
    (export,) = (line for line in commands.splitlines() if " export " in line)
    subprocess.run(export.replace("build/facegate.cdx.json", str(place)).split(), cwd=ROOT, check=True)
    listed: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    return listed


def test_the_bill_of_materials_lists_what_is_installed(bill: dict[str, Any]) -> None:
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    versions = {package["name"]: package.get("version") for package in LOCK["package"]}
    listed = {component["name"]: component for component in bill["components"] if component["name"] not in OURS}
    assert len(listed) > 50
    assert {"mitmproxy", "onnxruntime", "opentelemetry-sdk", "scikit-image"} <= listed.keys()
    assert not {"pytest", "ruff", "pip-audit"} & listed.keys()
    for name, component in listed.items():
        assert component["purl"] == f"pkg:pypi/{name}@{versions[name]}"
        hashes = [hashed for file in component["externalReferences"] for hashed in file["hashes"]]
        assert {hashed["alg"] for hashed in hashes} == {"SHA-256"}


def test_what_ci_runs_each_day_is_there() -> None:
    daily = (ROOT / ".ci" / "audit").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    asked = {word for line in re.findall(r"make --no-print-directory ([a-z -]+)", daily) for word in line.split()}
    assert asked == {"sbom", "audit", "test-newest"}
    assert asked <= targets
