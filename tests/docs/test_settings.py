"""What the pages show of facegate.toml and of job files is read as it stands."""

import dataclasses
import re
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from docs.blocks import PAGES, ROOT, toml
from facegate.config import Config, load
from facegate.errors import InvalidJob
from facegate.jobs.file import read_job
from live.authority import Authority

TABLES = {field.name for field in dataclasses.fields(Config)}
SHOWN = [
    pytest.param(text, id=f"{page.relative_to(ROOT).as_posix()}:{number}")
    for page in PAGES
    for number, text in enumerate(toml(page), 1)
]
SETTINGS = [it for it in SHOWN if set(tomllib.loads(str(it.values[0]))) <= TABLES]
JOBS = [it for it in SHOWN if "scope" in tomllib.loads(str(it.values[0]))]
PROHIBITED = 'purpose = "facial-recognition-database"'  # shown for how it is refused


@pytest.mark.parametrize("text", SETTINGS)
def test_settings_are_read(tmp_path: Path, text: str) -> None:
    if "/etc/facegate/" in text:  # files that have to be there
        text = re.sub(r"/etc/facegate/[\w-]+\.pem", str(Authority(tmp_path).pem), text)
    path = tmp_path / "facegate.toml"
    path.write_text(text.replace("4f:0c:...:9a", "4f" * 32))
    assert load(path).source == path


@pytest.mark.parametrize("text", JOBS)
def test_jobs_are_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "job.toml"
    path.write_text(text)
    ends = re.search(r"^expires = (\S+)", text, re.M)
    now = datetime.fromisoformat(ends[1]) - timedelta(days=30) if ends else datetime.now(UTC)
    if PROHIBITED in text:
        with pytest.raises(InvalidJob, match="prohibited by Article 5"):
            read_job(path, load().job_rules, now)
    else:
        assert read_job(path, load().job_rules, now).id == tomllib.loads(text)["id"]


def test_each_kind_is_shown() -> None:
    assert len(SETTINGS) > 10
    assert len(JOBS) > 4
