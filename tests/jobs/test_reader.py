from datetime import timedelta
from typing import Any

import pytest
from facegate.errors import InvalidJob
from facegate.jobs.fields import PROBLEMS
from facegate.jobs.reader import job_from
from facegate.jobs.rules import Rules
from facegate_addons.domain.job import JobState, Kind, Live
from hypothesis import given
from hypothesis import strategies as st

from tests.jobs.conftest import NOW


def test_a_targeted_job_is_pending(good, read):
    job = read(good)
    assert (job.id, job.operator, job.state) == ("missing-person-4711", "acme-crawl", JobState.PENDING)
    assert (job.scope.kind, job.scope.hosts) == (Kind.INDIVIDUAL, ("news.example", "*.example.org"))


def test_an_untargeted_job_is_active(broad, read):
    assert read(broad).state is JobState.ACTIVE


@pytest.mark.parametrize("field", ["id", "operator", "purpose"])
def test_each_missing_field_is_named_with_what_to_write(changed, wrong, field):
    (line,) = wrong(changed(field, ...))
    assert line.startswith(f"{field} is missing; write ")


def test_null_is_left_out(changed, wrong, read):
    assert wrong(changed("operator", None)) == wrong(changed("operator", ...))
    assert read(changed("scope.max_faces", None)) == read(
        changed("purpose", "find public sightings of one missing person")
    )


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("purpos", "text", "purpos is no known key; did you mean purpose?"),
        ("id", "Missing Person", "id has to be 1 to 64 small letters"),
        ("id", "a" * 65, "id has to be 1 to 64 small letters"),
        ("id", "ａ1", "id has to be 1 to 64 small letters"),
        ("id", 4711, "id has to be text in quotes, not 4711"),
        ("operator", " ", "operator is empty"),
        ("operator", "a\x1b[2Jb", "operator has characters that cannot be seen"),
        ("operator", "a\u200bb", "operator has characters that cannot be seen"),
        ("operator", "a\nb", "operator has characters that cannot be seen"),
        ("operator", "\ud800", "operator has characters that cannot be seen"),
        ("purpose", "a" * 2_001, "purpose is too long; 2,000 characters are the most"),
        ("streams", "pass", 'streams has to be "refuse" or "inspect", not \'pass\''),
        ("websocket", ["inspect"], 'websocket has to be "refuse" or "inspect", not [\'inspect\']'),
        (
            "token_sha256",
            "abc",
            "token_sha256 has to be the sha256 of the job's token, 64 digits of hex; never the token",
        ),
        ("scope", "untargeted", "scope has to be a table, written [scope]"),
        ("conditions", [], "conditions has to be a table, written [conditions]"),
    ],
)
def test_each_wrong_field_is_named(changed, wrong, field, value, says):
    assert any(line.startswith(says) for line in wrong(changed(field, value)))


def test_a_token_is_never_repeated(changed, wrong):
    assert not any("s3cr3t" in line for line in wrong(changed("token_sha256", "s3cr3t")))


def test_a_token_of_ones_own_is_for_files_only(changed):
    with pytest.raises(InvalidJob, match="the gateway makes the token"):
        job_from(changed("token_sha256", "ab" * 32), "request", Rules(), NOW)


def test_streams_and_websockets_are_asked_for(broad, read):
    assert (read(broad).streams, read(broad).websocket) == (Live.REFUSE, Live.REFUSE)
    assert read(broad | {"streams": "inspect"}).streams is Live.INSPECT
    assert read(broad | {"websocket": "inspect"}).websocket is Live.INSPECT


def test_a_job_may_keep_what_is_withheld_for_a_shorter_time(broad, read, wrong):
    assert read(broad).keep is None
    assert read(broad | {"keep": "7d"}).keep == timedelta(days=7)
    assert read(broad | {"keep": "30d"}, Rules(keep=timedelta(days=30))).keep == timedelta(days=30)
    assert wrong(broad | {"keep": "8d"}, Rules(keep=timedelta(days=7))) == [
        "keep is longer than vault.keep, 7d: a job may only shorten it; leave it away"
    ]
    for value in (7, ["7d"], "", "7 d"):
        assert wrong(broad | {"keep": value})[0].startswith("keep ")


def test_every_problem_is_found(wrong):
    raw = {
        "id": "Öl",
        "purpos": "x",
        "scope": {"kind": "group", "subjects": ["*"], "hosts": ["*", "*.com"], "expires": "soon", "max_releases": 0},
    }
    fields = [line.split()[0] for line in wrong(raw)]
    assert sorted(fields) == sorted(
        (
            *("purpos", "id", "operator", "purpose", "scope.expires", "scope.subjects", "scope.subjects"),
            *("scope.hosts", "scope.hosts", "scope.legal_basis", "scope.reference", "scope.max_releases"),
        )
    )


def test_hostile_keys_are_many_long_or_unprintable(broad, wrong):
    lines = wrong(broad | {f"key-{n}": 1 for n in range(10_000)})
    assert len(lines) == PROBLEMS
    (line,) = wrong(broad | {"a\n" * 10_000: 1})
    assert "\n" not in line
    assert len(line) < 500


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=5,
)
FIELDS = [
    *("id", "operator", "purpose", "streams", "websocket", "faces", "keep", "token_sha256", "scope", "conditions"),
    *(
        "scope.kind",
        "scope.subjects",
        "scope.hosts",
        "scope.paths",
        "scope.ports",
        "scope.methods",
        "scope.legal_basis",
    ),
    *("scope.reference", "scope.begins", "scope.expires", "scope.hours", "scope.max_releases", "scope.max_faces"),
    *("scope.max_responses", "scope.max_bytes", "scope.outside", "conditions.in_the_union", "conditions.purpose"),
    *("conditions.automated", "conditions.source"),
]


@given(field=st.sampled_from(FIELDS), value=VALUES | st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_anything_is_a_job_or_an_invalid_one(field: str, value: Any) -> None:
    raw: dict[str, Any] = {
        "id": "case",
        "operator": "acme",
        "purpose": "find",
        "scope": {"kind": "group", "subjects": ["a-1", "a-2"], "hosts": ["news.example"], "legal_basis": "law"}
        | {"reference": "order", "expires": "2026-12-31T00:00:00Z", "max_releases": 5},
    }
    *path, key = field.split(".")
    table = raw.setdefault(path[0], {}) if path else raw
    table[key] = value
    try:
        job = job_from(raw, "request", Rules(), NOW)
    except InvalidJob as error:
        assert "\n" not in str(error)  # noqa: PT017 - most of what comes is invalid
        assert all(len(problem.text) < 400 for problem in error.problems)  # noqa: PT017
    else:
        assert job.state is (JobState.ACTIVE if job.scope.kind is Kind.UNTARGETED else JobState.PENDING)
