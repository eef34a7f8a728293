"""The API tried by its own document: generated requests, right and wrong ones, and what their answers have to be."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from facegate.api.app import PREFIX
from facegate.console.brake import Brake

# Every check is on. Where another status is expected than by default, it says why.
SETTINGS = """
phases.coverage.unexpected-methods = ["GET", "POST", "OPTIONS"]  # not every one at every path: it takes long
# What a job may say depends on its other fields, on the clock and on lists of words: no JSON schema holds all of it.
# 412: generated values of If-Match.
[[operations]]
include-operation-id = "register_job"
checks.positive_data_acceptance.expected-statuses = ["2xx", 409, 412, 422]

# A page is asked for by what came with the one before.
[[operations]]
include-operation-id = "list_records"
checks.positive_data_acceptance.expected-statuses = ["2xx", 422]

[[operations]]
include-operation-id = ["confirm_record", "false_positive_record", "reopen_record", "release_record"]
checks.positive_data_acceptance.expected-statuses = ["2xx", 404, 409, 412]
"""


@pytest.mark.timeout(300)
def test_nothing_the_document_promises_is_broken(
    console: str,
    ask: Callable[..., httpx.Response],
    token_of: Callable[..., str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Brake, "wait", lambda self, address: None)  # it sends more wrong tokens than a person does
    for name in ("one", "two"):
        body = {"operator": "olaf", "purpose": "pages", "scope": {"kind": "untargeted"}}
        assert ask("olaf", "PUT", f"jobs/{name}", json=body).status_code == 201
    (tmp_path / "schemathesis.toml").write_text(SETTINGS)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(tmp_path / "schemathesis.toml")),
            *("run", f"{console}{PREFIX}/openapi.json", "--header", f"Authorization: Bearer {token_of('ada')}"),
            *("--checks", "all", "--seed", "1", "--max-examples", "2", "--generation-database", "none"),
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
