import subprocess
import sys
from pathlib import Path

import pytest
from facegate.errors import HomeError
from facegate.traces.begin import headers


def test_headers_are_read_from_a_private_file(tmp_path: Path) -> None:
    file = tmp_path / "collector"
    file.write_text("Authorization: Bearer a:b\nX-Team: crawl\n")
    file.chmod(0o600)
    assert headers({"file": str(file)}) == {"Authorization": "Bearer a:b", "X-Team": "crawl"}
    assert headers({}) == {}
    file.write_text("SECRET")
    with pytest.raises(HomeError, match="Name: value") as raised:
        headers({"file": str(file)})
    assert "SECRET" not in str(raised.value)


def test_without_a_collector_nothing_of_it_is_imported() -> None:
    asked = "import sys, facegate.serve.gateway; print('opentelemetry' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True).stdout.strip() == b"False"


def test_without_the_extra_it_is_one_line() -> None:
    code = """
import sys
sys.modules["opentelemetry.exporter.otlp.proto.http"] = None
from facegate.errors import ConfigError
from facegate.sections import Traces
from facegate.serve.gateway import _traced
try:
    _traced(Traces("http://127.0.0.1:4318"), 0, None)
except ConfigError as error:
    print(error)
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    assert told.count("\n") == 1
    assert "facegate[otel]" in told
