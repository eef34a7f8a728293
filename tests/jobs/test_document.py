import json
from dataclasses import fields, replace
from datetime import UTC, datetime, time, timedelta

import pytest
from facegate.jobs.document import compact, current_form, fingerprint, job_document, job_from_document, same_job
from facegate.jobs.reader import job_from
from facegate.jobs.rules import Rules
from facegate_addons.domain.job import Conditions, Hours, Job, JobState, Kind, Live, Outside, Purpose, Scope, Source
from hypothesis import given
from hypothesis import strategies as st

from tests.jobs.conftest import NOW

FULL = Job(
    "case",
    "acme",
    "find\none",
    Scope(
        Kind.GROUP,
        ("case-1", "case-2"),
        ("*.example.org", "news.example"),
        ("/news/",),
        (443,),
        ("GET",),
        "law",
        "order",
        datetime(2026, 5, 2, tzinfo=UTC),
        datetime(2026, 6, 1, 1, 2, 3, 4, tzinfo=UTC),
        Hours(time(22), time(6, 30)),
        *(1, 2, 3, 4),
        outside=Outside.REFUSE,
    ),
    JobState.PENDING,
    Live.INSPECT,
    Live.INSPECT,
    Conditions(in_the_union=False, purpose=Purpose.SEARCH, automated=True, source=Source.BOTH),
)
REDACTING = Job("fictive", "acme", "train", conditions=Conditions(purpose=Purpose.FICTITIOUS), redact=True)
SMALL = Job("broad", "acme", "text")


def test_the_document_of_the_smallest_job():
    assert job_document(SMALL) == {
        "id": "broad",
        "operator": "acme",
        "purpose": "text",
        "scope": {"kind": "untargeted"},
    }


def test_the_document_of_a_job_with_everything():
    document = job_document(FULL)
    assert document["scope"]["expires"] == "2026-06-01T01:02:03.000004Z"
    assert document["scope"]["hours"] == "22:00-06:30"
    assert document["conditions"] == {
        "in_the_union": False,
        "purpose": "search",
        "automated": True,
        "source": "internet-and-cctv",
    }


@pytest.mark.parametrize("job", [FULL, REDACTING, SMALL], ids=lambda job: job.id)
def test_a_document_is_json_is_the_job_and_is_a_job_file(job):
    document = json.loads(json.dumps(job_document(job)))
    assert job_from_document(document, job.state) == job
    assert job_from(document, "request", Rules(), NOW) == job


def test_state_and_version_are_not_in_it():
    revoked = replace(FULL, state=JobState.REVOKED, version=7)
    assert job_document(revoked) == job_document(FULL)
    assert job_from_document(job_document(FULL), JobState.REVOKED, 7) == revoked


def test_what_is_past_is_read_back():
    past = replace(FULL, scope=replace(FULL.scope, expires=datetime(2020, 1, 1, tzinfo=UTC)))
    assert job_from_document(job_document(past), JobState.EXPIRED).scope == past.scope


@pytest.mark.parametrize(
    "change",
    [
        {"scope": None},
        {"scope": {}},
        {"scope": {"kind": "everybody"}},
        {"scope": {"kind": "individual", "hosts": "news.example"}},
        {"scope": {"kind": "individual", "countries": ["de"]}},
        {"scope": {"kind": "individual", "expires": "soon"}},
        {"scope": {"kind": "individual", "expires": 1}},
        {"scope": {"kind": "individual", "hours": "8-18"}},
        {"scope": {"kind": "individual", "ports": 443}},
        {"scope": []},
        {"streams": "pass"},
        {"faces": "pass"},
        {"conditions": {"purpose": "fun"}},
        {"conditions": "none"},
        {"more": 1},
    ],
)
def test_what_is_no_document_is_refused(change):
    with pytest.raises(ValueError):  # noqa: PT011 - some of it is said by an enum or a date
        job_from_document(job_document(SMALL) | change, JobState.ACTIVE)


def test_a_missing_key_is_refused():
    for key in job_document(SMALL):
        with pytest.raises(ValueError, match="no job's document"):
            job_from_document({k: v for k, v in job_document(SMALL).items() if k != key}, JobState.ACTIVE)


SCOPES = st.builds(
    Scope,
    kind=st.sampled_from(Kind),
    subjects=st.lists(st.text(min_size=1), max_size=3).map(tuple),
    ports=st.lists(st.integers(1, 65_535), max_size=3).map(tuple),
    begins=st.none() | st.datetimes(timezones=st.just(UTC)),
    hours=st.none() | st.builds(Hours, st.times().map(lambda t: t.replace(second=0, microsecond=0)), st.just(time(1))),
    max_bytes=st.none() | st.integers(1, 1 << 53),
    outside=st.sampled_from(Outside),
)
ANSWERS = st.builds(
    Conditions,
    st.none() | st.booleans(),
    st.none() | st.sampled_from(Purpose),
    st.none() | st.booleans(),
    st.none() | st.sampled_from(Source),
)


KEEPS = st.none() | st.integers(1, 999_999).map(lambda seconds: timedelta(seconds=seconds))


@given(st.builds(Job, st.text(), st.text(), st.text(), SCOPES, conditions=ANSWERS, redact=st.booleans(), keep=KEEPS))
def test_there_and_back(job):
    document = json.loads(json.dumps(job_document(job)))
    assert job_from_document(document, job.state) == job


def test_every_field_of_a_scope_is_told():
    shown = job_document(FULL)["scope"]
    assert set(shown) == {field.name for field in fields(Scope)}
    for name in shown.keys() - {"kind"}:
        lacks = replace(FULL, scope=replace(FULL.scope, **{name: getattr(Scope(), name)}))
        assert fingerprint(compact(job_document(lacks))) != fingerprint(compact(job_document(FULL))), name


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": "x"},
        {"operator": "x"},
        {"streams": Live.REFUSE},
        {"websocket": Live.REFUSE},
        {"redact": True},
        {"keep": timedelta(days=7)},
        {"conditions": Conditions()},
    ],
)
def test_what_says_something_else_is_another_job(change):
    assert same_job(replace(FULL, state=JobState.APPROVED, version=7), FULL)
    assert not same_job(replace(FULL, **change), FULL)
    assert job_document(replace(FULL, **change)) != job_document(FULL)


def test_documents_of_the_first_schema_are_read_in_the_form_of_today():
    scope = {"kind": "untargeted", "streams": "inspect", "expires": None, "max_releases": None, "subjects": []}
    first = {"id": "a", "operator": "o", "purpose": "p", "scope": scope}
    job = job_from_document(current_form(first), JobState.ACTIVE)
    assert (job.streams, job.websocket, job.scope) == (Live.INSPECT, Live.REFUSE, Scope())
    assert current_form(job_document(FULL)) == job_document(FULL)
    dated = current_form({**first, "scope": {"kind": "untargeted", "expires": "2030-01-01T00:00:00+00:00"}})
    assert job_from_document(dated, JobState.ACTIVE).scope.expires == datetime(2030, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("raw", [{}, {"scope": None}, {"scope": {"expires": 7}}])
def test_what_has_no_form_is_refused(raw):
    with pytest.raises(ValueError, match="no job's document"):
        current_form(raw)


def test_half_a_character_has_a_fingerprint_too():
    assert len(fingerprint("\ud800")) == 64
