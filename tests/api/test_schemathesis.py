"""The API tried by its own document: generated requests, right and wrong ones, and what their answers have to be."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from facegate.api.app import PREFIX

# Every check is on. Where another status is expected than by default, it says why.
SETTINGS = """
# What a job may say depends on its other fields, on the clock and on lists of words: no JSON schema holds all of it.
# 412: generated values of If-Match.
[[operations]]
include-operation-id = "register_job"
checks.positive_data_acceptance.expected-statuses = ["2xx", 409, 412, 422]
"""


@pytest.mark.timeout(300)
def test_nothing_the_document_promises_is_broken(
    console: str, ask: Callable[..., httpx.Response], token_of: Callable[..., str], tmp_path: Path
) -> None:
    for name in ("one", "two"):
        body = {"operator": "olaf", "purpose": "pages", "scope": {"kind": "untargeted"}}
        assert ask("olaf", "PUT", f"jobs/{name}", json=body).status_code == 201
    (tmp_path / "schemathesis.toml").write_text(SETTINGS)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(tmp_path / "schemathesis.toml")),
            *("run", f"{console}{PREFIX}/openapi.json", "--header", f"Authorization: Bearer {token_of('ada')}"),
            *("--checks", "all", "--seed", "1", "--max-examples", "10", "--generation-database", "none"),
            *("--no-color", "--continue-on-failure"),
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    selected = re.search(r"(\d+) selected / (\d+) total", done.stdout)
    assert selected, done.stdout
    assert int(selected[1]) == int(selected[2]) >= 13  # nothing was left out
