import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from facegate.errors import ConfigError, InvalidJob
from facegate.jobs.file import read_described, read_job, read_tables
from facegate.jobs.reader import job_from
from facegate.jobs.rules import Rules
from facegate_addons.domain.job import JobState
from facegate_addons.domain.model import utc_now

SOON = (utc_now() + timedelta(days=100)).strftime("%Y-%m-%dT00:00:00Z")
GOOD = f"""
id = "missing-person-4711"
operator = "acme-crawl"
purpose = "find public sightings of one missing person"
[scope]
kind = "individual"
subjects = ["case-4711"]
hosts = ["news.example", "*.Example.org"]
legal_basis = "police law, section 1"
reference = "order no. 4711"
expires = {SOON}
max_releases = 500
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "job.toml"
    path.write_text(GOOD)
    return path


def test_a_file_is_a_job_that_waits(file: Path) -> None:
    job = read_job(file, Rules())
    assert (job.id, job.state, job.scope.max_releases) == ("missing-person-4711", JobState.PENDING, 500)
    assert job.scope.expires == datetime.fromisoformat(SOON)


def test_dates_of_toml_and_dates_of_json_are_one(file: Path, now: datetime) -> None:
    as_json = json.loads(json.dumps(read_tables(file), default=lambda at: at.isoformat()))
    assert job_from(as_json, "request", Rules(), utc_now()) == read_job(file, Rules())
    file.write_text(GOOD.replace(SOON, f'"{SOON}"'))
    assert read_job(file, Rules()).scope.expires == datetime.fromisoformat(SOON)


def test_a_file_that_outlived_its_job_can_be_read_as_of_the_day_it_was_registered(file: Path) -> None:
    then = datetime(2026, 1, 1, tzinfo=UTC)
    file.write_text(GOOD.replace(SOON, "2026-02-01T00:00:00Z"))
    assert read_job(file, Rules(), then).scope.expires == datetime(2026, 2, 1, tzinfo=UTC)
    with pytest.raises(InvalidJob, match=r"scope\.expires is in the past"):
        read_job(file, Rules())


def test_a_file_may_bring_the_hash_of_its_token(file: Path) -> None:
    assert read_described(file, Rules()).token_sha256 == ""
    file.write_text(f'token_sha256 = "{"Ab" * 32}"\n' + GOOD)
    assert read_described(file, Rules()).token_sha256 == "ab" * 32


def test_the_file_is_named_and_the_others_are_counted(file: Path) -> None:
    file.write_text(GOOD.replace("= 500", "= 0").replace("operator", "oprator"))
    with pytest.raises(InvalidJob) as caught:
        read_job(file, Rules())
    assert str(caught.value).startswith(f"{file}: oprator is no known key; did you mean operator? (and 2 more)")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"#" * (2 << 20), "too large for a job file"),
        (b"\xff\xfe", "not valid TOML: it is not UTF-8"),
        (b"[scope", "not valid TOML: "),
        (b"a = " + b"9" * 5_000, "not valid TOML: "),
        (b"a = " + b"[" * 100_000, "not valid TOML: "),
    ],
)
def test_a_file_that_is_none(file: Path, content: bytes, says: str) -> None:
    file.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_job(file, Rules())
    assert str(caught.value).startswith(f"{file}: ")
    assert says in str(caught.value)
    assert len(str(caught.value)) < 500


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        read_job(tmp_path / "none.toml", Rules())
    with pytest.raises(ConfigError, match="cannot be read"):
        read_job(tmp_path, Rules())


def test_a_number_too_long_to_be_written_down(file: Path) -> None:
    file.write_text(GOOD.replace("= 500", "= 0x" + "f" * 8_000))
    with pytest.raises(InvalidJob, match="not this int"):
        read_job(file, Rules())


def test_what_toml_can_say_and_json_cannot(file: Path) -> None:
    def refused(old: str, new: str) -> Any:
        file.write_text(GOOD.replace(old, new))
        with pytest.raises(InvalidJob) as caught:
            read_job(file, Rules())
        return str(caught.value)

    assert "with its zone" in refused(SOON, "2027-01-01T00:00:00")
    assert "with its zone" in refused(SOON, "2027-01-01")
    assert "with its zone" in refused(SOON, "9999-12-31T23:59:59-23:59")
    assert "has to be a whole number" in refused("= 500", "= nan")
