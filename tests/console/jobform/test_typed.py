"""What is typed is read by the reader of job files: the same job, the same words."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from facegate.console.jobform.asked import ASKED
from facegate.console.jobform.typed import read_form, typed_of
from facegate.errors import InvalidJob
from facegate.jobs.changes import flat, shown
from facegate.jobs.document import same_job
from facegate.jobs.reader import job_from
from facegate.jobs.rules import Rules

from tests.jobs.conftest import NOW
from tests.jobs.test_documented import GOOD, JOBS, WRITTEN

RULES = Rules()
FULL, BROAD = JOBS[:2]


def typed(raw: dict[str, Any]) -> list[tuple[str, str]]:
    """As somebody would type it: lists one a line, times without their zone, nothing in quotes."""

    def text(value: Any) -> str:
        if isinstance(value, list):
            return "\r\n".join(map(str, value))
        return f"{value:%Y-%m-%dT%H:%M}" if hasattr(value, "tzinfo") else shown(value)

    return [(key, text(value)) for key, value in flat(raw).items()]


@pytest.mark.parametrize("raw", [FULL, BROAD], ids=["targeted", "untargeted"])
def test_the_same_job_as_of_a_file(raw: dict[str, Any]):
    filled = read_form(typed(raw), RULES, NOW)
    assert filled.job == job_from(raw, "file", RULES, NOW)
    assert filled.count == 0


@pytest.mark.parametrize("raw", [FULL, BROAD], ids=["targeted", "untargeted"])
def test_what_the_form_shows_is_read_as_the_same_job(raw: dict[str, Any]):
    job = job_from(raw, "file", RULES, NOW)
    again = read_form(typed_of(job).items(), RULES, NOW).job
    assert again is not None
    assert same_job(again, job)
    everything = dict.fromkeys(ASKED, "") | {"streams": "refuse", "websocket": "refuse"} | typed_of(job)
    assert read_form(everything.items(), RULES, NOW).job == job  # a browser sends empty fields as well


def test_the_end_of_a_job_keeps_its_seconds():
    late = GOOD | {"scope": GOOD["scope"] | {"expires": "2026-12-31T01:02:03.000004+01:00"}}
    job = job_from(late, "file", RULES, NOW)
    assert typed_of(job)["scope.expires"] == "2026-12-31T00:02:03.000004"
    assert read_form(typed_of(job).items(), RULES, NOW).job == job


def test_a_time_with_a_zone_is_taken_as_it_is():
    fields = dict(typed(FULL)) | {"scope.expires": "2026-12-31T01:00:00+01:00"}
    job = read_form(fields.items(), RULES, NOW).job
    assert job is not None
    assert typed_of(job)["scope.expires"] == "2026-12-31T00:00:00"


WORDS = [(written, said) for written, said in WRITTEN if not said.startswith(("scope has", "purpos", "token_sha256"))]
# What a form cannot send: nothing but text, and nothing empty.
UNSENDABLE = ('operator = ""', "operator = 7", "scope.subjects = []", "scope.expires = 2026-12-31")


@pytest.mark.parametrize(("written", "said"), [pair for pair in WORDS if pair[0] not in UNSENDABLE])
def test_what_is_refused_is_refused_in_the_same_words(written: str, said: str):
    key, _, value = written.partition(" = ")
    fields = dict(typed(GOOD)) | dict(typed({key: tomllib.loads(f"x = {value}")["x"]}))
    filled = read_form(fields.items(), RULES, NOW)
    assert filled.job is None
    told = [f"{key} {text}" for key, texts in filled.problems.items() for text in texts]
    assert told == [said]
    assert filled.typed[key] == fields[key].replace("\r\n", "\n")


def test_what_is_left_empty_is_missing_and_all_at_once():
    filled = read_form([(key, " ") for key in ASKED], RULES, NOW)
    assert filled.problems["id"] == ['is missing; write "missing-person-4711"']
    assert set(filled.problems) == {"id", "operator", "purpose", "scope.kind"} | {
        *("scope.expires", "scope.subjects", "scope.hosts", "scope.legal_basis", "scope.reference"),
        "scope.max_releases",
    }
    assert read_form([], RULES, NOW).problems == filled.problems


def test_a_date_without_a_time_is_told():
    filled = read_form((dict(typed(GOOD)) | {"scope.expires": "2026-12-31"}).items(), RULES, NOW)
    assert filled.problems["scope.expires"][0].startswith("has to be a date and time with its zone")


def test_the_questionnaire_is_asked_for_answer_by_answer():
    fields = [*typed(BROAD), ("conditions.automated", ""), ("conditions.source", "internet")]
    filled = read_form(fields, Rules(conditions_required=True), NOW)
    assert set(filled.problems) == {"conditions.in_the_union", "conditions.purpose", "conditions.automated"}


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("scope.max_releases", "9" * 5_000),
        ("scope.max_releases", "5e3"),
        ("scope.max_releases", "-5"),
        ("scope.max_releases", "\u0665"),
        ("scope.ports", "443, 80"),
        ("scope.hosts", "\u202egro.elpmaxe"),
        ("purpose", "a\x00b"),
        ("conditions.automated", "on"),
        ("streams", "<script>"),
        ("scope.begins", "2026-02-30T00:00"),
    ],
)
def test_hostile_texts_are_told_beside_their_field(key: str, text: str):
    filled = read_form((dict(typed(FULL)) | {key: text}).items(), RULES, NOW)
    assert list(filled.problems) == [key]
    assert all(len(line) < 300 for line in filled.problems[key])


def test_fields_that_the_form_does_not_have_are_refused():
    unknown = [("scope.hots", "x"), ("scope", "x"), ("conditions.x.y", "z"), ("__proto__", "1"), ("token_sha256", "a")]
    filled = read_form([*typed(BROAD), *unknown], RULES, NOW)
    assert filled.job is None
    assert {problem.field for problem in filled.others} == {"scope.hots", "conditions.x.y", "__proto__", "token_sha256"}
    assert "the gateway makes the token" in str(filled.others)
    assert not set(filled.typed) - set(ASKED)


def test_a_field_that_is_sent_twice_is_no_text():
    filled = read_form([*typed(BROAD), ("operator", "another")], RULES, NOW)
    assert filled.problems == {"operator": ["has to be text in quotes, not ['acme-crawl', 'another']"]}
    doubled = [*typed(FULL), ("scope.hosts", "more.example")]
    job = read_form(doubled, RULES, NOW).job
    assert job is not None
    assert job.scope.hosts[-1] == "more.example"


def test_a_list_that_is_too_long_is_told(tmp_path: Path):
    many = "\n".join(f"h{number}.example" for number in range(1_001))
    filled = read_form((dict(typed(FULL)) | {"scope.hosts": many}).items(), RULES, NOW)
    assert filled.problems == {"scope.hosts": ["has 1,001 entries; 1,000 is the most that one job may have"]}


def test_the_good_job_is_good():
    with pytest.raises(InvalidJob):
        job_from(GOOD | {"x": 1}, "file", RULES, NOW)
    assert read_form(typed(GOOD), RULES, NOW).job is not None
