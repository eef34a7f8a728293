"""What is installed on a crawler's machine: Scrapy, and nothing of the gateway."""

import importlib.metadata
import subprocess
import sys
from pathlib import Path


def test_its_metadata_asks_for_scrapy_alone() -> None:
    """As hatchling built it; `pip install` reads the same lines."""
    needs = importlib.metadata.requires("scrapy-facegate")
    assert needs is not None
    assert [need.partition(">")[0] for need in needs] == ["scrapy"]


def test_importing_it_brings_nothing_of_the_gateway() -> None:
    code = "import sys, scrapy_facegate; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "scrapy" in loaded
    assert not {"facegate", "facegate_addons", "mitmproxy", "onnxruntime", "PIL"} & set(loaded)


def test_it_brings_its_licence() -> None:
    described = importlib.metadata.metadata("scrapy-facegate")
    assert described.get_all("License-File") == ["LICENSE"]
    ours = Path(__file__).parents[2]
    assert (ours / "crawlers" / "LICENSE").read_bytes() == (ours / "LICENSE").read_bytes()
