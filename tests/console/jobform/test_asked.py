"""The form asks for each key of a job file, and offers each answer that the reader takes."""

import pytest
from facegate.console.jobform.asked import ASKED, LEFT_OUT, SECTIONS, Asked, Control, When
from facegate.errors import InvalidJob
from facegate.jobs import conditions, reader, scopes
from facegate.jobs.reader import job_from
from facegate.jobs.rules import Rules
from facegate_addons.domain.job import Kind, Live, Outside, Purpose, Source

from tests.jobs.conftest import NOW

CHOICES = {
    "scope.kind": Kind, "scope.outside": Outside, "conditions.purpose": Purpose, "conditions.source": Source,
    "streams": Live, "websocket": Live,
}  # fmt: skip


def known() -> set[str]:
    keys = {key for key in reader.KEYS if key not in ("scope", "conditions")}
    return keys | {f"scope.{key}" for key in scopes.KEYS} | {f"conditions.{key}" for key in conditions.KEYS}


def test_every_key_that_the_reader_knows_is_asked_for_and_no_other():
    assert known() == {*ASKED, *LEFT_OUT}
    assert sum(len(section.asked) for section in SECTIONS) == len(ASKED)


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED.keys())
def test_each_has_a_name_an_id_and_help(asked: Asked):
    assert asked.label
    assert asked.help
    assert asked.id.replace("-", "").isalnum()
    assert bool(asked.choices) == (asked.control in (Control.CHOICE, Control.FLAG))


def test_ids_are_their_own():
    ids = [asked.id for asked in ASKED.values()] + [section.id for section in SECTIONS]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("key", CHOICES)
def test_every_choice_of_the_reader_is_offered(key: str):
    offered = {value for value, _ in ASKED[key].choices}
    missing = set(map(str, CHOICES[key])) - offered
    assert missing <= ({str(Outside.UNTARGETED)} if key == "scope.outside" else set())  # the default, left away


def test_what_a_job_of_each_kind_needs_is_what_is_marked():
    """Asked of the reader with nothing said: what it misses, the form marks as wanted."""
    for kind, wanted in ((Kind.UNTARGETED, {When.ALWAYS}), (Kind.GROUP, {When.ALWAYS, When.TARGETED})):
        with pytest.raises(InvalidJob) as caught:
            job_from({"scope": {"kind": str(kind)}}, "form", Rules(), NOW)
        missing = {problem.field for problem in caught.value.problems} - {"scope.expires"}
        assert missing | {"scope.kind"} == {key for key, asked in ASKED.items() if asked.when in wanted}


def test_what_only_a_targeted_job_may_have_is_marked_too():
    full = dict.fromkeys(scopes.KEYS, "x") | {"kind": "untargeted"}
    with pytest.raises(InvalidJob) as caught:
        job_from({"id": "a", "operator": "b", "purpose": "c", "scope": full}, "form", Rules(), NOW)
    refused = {problem.field for problem in caught.value.problems if "no meaning for an untargeted" in problem.text}
    assert refused == {key for key, asked in ASKED.items() if asked.targeted}
