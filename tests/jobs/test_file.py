from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from facegate.errors import ConfigError
from facegate.jobs.file import read_job
from facegate_addons.domain.job import JobState, Kind, Live

SOON = (datetime.now(UTC) + timedelta(days=100)).strftime("%Y-%m-%dT00:00:00Z")
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
GROUP = GOOD.replace('"individual"', '"group"').replace('["case-4711"]', '["case-1", "case-2"]')
BROAD = 'id = "broad"\noperator = "acme"\npurpose = "text"\n[scope]\nkind = "untargeted"\n'


def reading(tmp_path: Path, text: str) -> str:
    """The one line that reading `text` ends with."""
    path = tmp_path / "job.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_job(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message.removeprefix(f"{path}: ")


def test_a_targeted_job(tmp_path: Path) -> None:
    path = tmp_path / "job.toml"
    path.write_text(GOOD)
    job = read_job(path)
    assert (job.id, job.operator, job.state) == ("missing-person-4711", "acme-crawl", JobState.PENDING)
    assert job.scope.kind is Kind.INDIVIDUAL
    assert job.scope.hosts == ("news.example", "*.example.org")
    assert job.scope.expires == datetime.fromisoformat(SOON)
    assert job.scope.max_releases == 500


def test_a_group_and_an_untargeted_job(tmp_path: Path) -> None:
    path = tmp_path / "job.toml"
    path.write_text(GROUP)
    assert read_job(path).scope.subjects == ("case-1", "case-2")
    path.write_text(BROAD)
    assert read_job(path).state is JobState.ACTIVE


@pytest.mark.parametrize(
    "field", ["id", "operator", "purpose", "kind", "subjects", "hosts", "legal_basis", "reference", "expires"]
)
def test_each_missing_field_is_named_with_what_to_write(tmp_path: Path, field: str) -> None:
    text = "\n".join(line for line in GOOD.splitlines() if not line.startswith(f"{field} ="))
    message = reading(tmp_path, text)
    assert message.split(";")[0].removeprefix("scope.") == f"{field} is missing"
    assert "; write " in message


def test_a_missing_scope_is_named(tmp_path: Path) -> None:
    assert "write a table [scope]" in reading(tmp_path, GOOD.split("[scope]")[0])


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("purpose =", "purpos =", "unknown key purpos; did you mean purpose?"),
        ("hosts =", "host =", "unknown key scope.host; did you mean scope.hosts?"),
        ('"missing-person-4711"', '"Missing Person"', "id has to be"),
        ('"missing-person-4711"', '"' + "a" * 65 + '"', "id has to be"),
        ('"missing-person-4711"', "4711", "text in quotes"),
        ('"acme-crawl"', '" "', "operator is empty"),
        ('"acme-crawl"', '"a\\u001b[2Jb"', "printable"),
        ('"individual"', '"everybody"', "scope.kind has to be"),
        ('["case-4711"]', '["case-4711", "case-4712"]', "an individual is one person"),
        ('["case-4711"]', "[]", "scope.subjects has to be a list"),
        ('["case-4711"]', '"case-4711"', "scope.subjects has to be a list"),
        ('["case-4711"]', '["*"]', "names no specific person"),
        ('["case-4711"]', '["everyone"]', "names no specific person"),
        ('["case-4711"]', '["All employees"]', "names no specific person"),
        ('["case-4711"]', '["everybody in Berlin"]', "names no specific person"),
        ('"news.example"', '"*"', "names no host"),
        ('"news.example"', '"*.com"', "open to everybody"),
        ('"news.example"', '"https://news.example/"', "leave scheme"),
        (SOON, "2020-01-01T00:00:00Z", "in the past"),
        (SOON, "2099-01-01T00:00:00Z", "more than 366 days"),
        (SOON, "2099-01-01T00:00:00", "with its zone"),
        (SOON, "2099-01-01", "with its zone"),
        (SOON, f'"{SOON}"', "without quotes"),
        ("= 500", "= 0", "from 1 on"),
        ("= 500", "= true", "from 1 on"),
        ("= 500", '= "many"', "from 1 on"),
        ("[scope]", "[scope", "not valid TOML"),
    ],
)
def test_each_wrong_field_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in GOOD
    assert says in reading(tmp_path, GOOD.replace(old, new, 1))


@pytest.mark.parametrize("members", ['["case-1"]', '["case-1", " CASE-1 "]'])
def test_a_group_is_at_least_two(tmp_path: Path, members: str) -> None:
    assert "at least two different" in reading(tmp_path, GROUP.replace('["case-1", "case-2"]', members))


def test_an_untargeted_job_has_no_scope_to_speak_of(tmp_path: Path) -> None:
    assert "no meaning for an untargeted job" in reading(tmp_path, BROAD + 'hosts = ["news.example"]\n')


def test_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        read_job(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_job(tmp_path)
    (tmp_path / "big").write_bytes(b"#" * (2 << 20))
    with pytest.raises(ConfigError, match="too large"):
        read_job(tmp_path / "big")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not valid TOML"):
        read_job(tmp_path / "binary")


def test_streams_and_websockets_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "job.toml"
    for text, asked in (
        (BROAD, (Live.REFUSE, Live.REFUSE)),
        ('streams = "inspect"\n' + BROAD, (Live.INSPECT, Live.REFUSE)),
        ('websocket = "inspect"\n' + BROAD, (Live.REFUSE, Live.INSPECT)),
    ):
        path.write_text(text)
        assert (read_job(path).streams, read_job(path).websocket) == asked
    assert reading(tmp_path, 'streams = "pass"\n' + BROAD) == 'streams has to be "refuse" or "inspect", not \'pass\''
