"""Against the real API in tests/live/test_scrapy.py."""

import stat
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from scrapy.settings import Settings
from scrapy_facegate import NoGateway, registration
from scrapy_facegate.gateway import Gateway
from scrapy_facegate.registration import Registered, put, read_job, register

GATEWAY = Gateway("http://gw:1")
JOB = {"id": "news", "operator": "acme", "purpose": "texts", "scope": {"kind": "untargeted"}}
API = {"FACEGATE_API_URL": "http://127.0.0.1:1", "FACEGATE_API_TOKEN": "fgk_x"}


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REGISTER", "API_URL", "API_TOKEN", "TOKEN_FILE"):
        monkeypatch.delenv(f"FACEGATE_{name}", raising=False)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Registered]:
    """What the API will say, in the place of asking it."""
    said: list[Registered] = []
    monkeypatch.setattr(registration, "put", lambda *_: said.pop())
    return said


def test_nothing_is_registered_unless_a_job_is_named() -> None:
    assert register(Settings(), GATEWAY) is GATEWAY


def test_a_new_jobs_token_is_used_and_kept(answers: list[Registered], tmp_path: Path) -> None:
    answers.append(Registered("active", "t0ken"))
    file = tmp_path / "token"
    found = register(Settings({"FACEGATE_REGISTER": JOB, "FACEGATE_TOKEN_FILE": str(file)} | API), GATEWAY)
    assert (found.job, found.token) == ("news", "t0ken")
    assert file.read_text() == "t0ken\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_job_that_was_there_needs_the_token_it_had(
    answers: list[Registered], caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings({"FACEGATE_REGISTER": JOB} | API)
    answers.append(Registered("pending", ""))
    with caplog.at_level("INFO"):
        assert register(settings, Gateway("http://gw:1", "news", "kept")).token == "kept"
    assert "waits for its approval" in caplog.text
    assert "kept" not in caplog.text
    answers.append(Registered("active", ""))
    with pytest.raises(NoGateway, match="registered already"):
        register(settings, GATEWAY)


@pytest.mark.parametrize(
    ("settings", "gateway", "message"),
    [
        ({"FACEGATE_REGISTER": JOB}, GATEWAY, "wants FACEGATE_API_URL"),
        ({"FACEGATE_REGISTER": JOB} | API | {"FACEGATE_API_URL": "file:///etc"}, GATEWAY, "wants FACEGATE_API_URL"),
        ({"FACEGATE_REGISTER": {"operator": "acme"}} | API, GATEWAY, "without an id"),
        ({"FACEGATE_REGISTER": JOB} | API, Gateway("http://gw:1", "other", "t"), "the credentials are of other"),
        ({"FACEGATE_REGISTER": "/gone.toml"} | API, GATEWAY, "which cannot be read"),
        ({"FACEGATE_REGISTER": JOB} | API, GATEWAY, "does not answer as the gateway's API"),  # nobody listens there
    ],
)
def test_what_keeps_it_from_registering_is_said(settings: dict[str, object], gateway: Gateway, message: str) -> None:
    with pytest.raises(NoGateway, match=message):
        register(Settings(settings), gateway)


def test_a_job_is_read_from_toml_json_or_the_settings(tmp_path: Path) -> None:
    toml, json = tmp_path / "job.toml", tmp_path / "job.json"
    toml.write_text('id = "case"\n[scope]\nhosts = ["a.example"]\nexpires = 2027-06-30T00:00:00Z\n')
    json.write_text('{"id": "case", "scope": {"hosts": ["a.example"], "expires": "2027-06-30T00:00:00Z"}}')
    as_dict = {"id": "case", "scope": {"hosts": ("a.example",), "expires": datetime(2027, 6, 30, tzinfo=UTC)}}
    assert read_job(str(toml)) == read_job(json) == read_job(as_dict)


def test_what_is_no_job_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "job.json"
    file.write_text("[]")
    with pytest.raises(NoGateway, match="is no job"):
        read_job(file)
    monkeypatch.setitem(sys.modules, "tomllib", None)  # as on Python 3.10
    toml = tmp_path / "job.toml"
    toml.touch()
    with pytest.raises(NoGateway, match=r"takes Python 3\.11"):
        read_job(toml)


def test_an_api_that_is_not_there_gives_no_token_away() -> None:
    with pytest.raises(NoGateway) as caught:
        put("http://127.0.0.1:1", "fgk_secret", "news", {})
    assert "fgk_secret" not in str(caught.value)
