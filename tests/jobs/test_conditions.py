from itertools import product

import pytest
from facegate.jobs.rules import Rules
from facegate_addons.domain.job import Conditions, Purpose, Source

ANSWERED = {"in_the_union": True, "purpose": "search", "automated": False, "source": "internet-and-cctv"}
PROHIBITED = {"in_the_union": True, "purpose": "facial-recognition-database", "automated": True, "source": "internet"}
OWN_CLASS = ["training-without-identification", "fictitious-persons"]


def test_answers_are_read(changed, read):
    assert read(changed("conditions", ANSWERED)).conditions == Conditions(True, Purpose.SEARCH, False, Source.BOTH)
    assert read(changed("conditions", {"source": "other"})).conditions == Conditions(source=Source.OTHER)
    assert read(changed("conditions", {})).conditions == Conditions()


def test_answers_may_be_wanted(good, broad, changed, wrong, read):
    rules = Rules(conditions_required=True)
    for job in (good, broad):
        assert wrong(job, rules) == [
            "conditions is missing; write a table [conditions] with in_the_union, purpose, automated, source: all jobs "
            "answer them here"
        ]
        assert [line.split(";")[0] for line in wrong(changed("conditions", {}, job), rules)] == [
            f"conditions.{key} is missing" for key in ANSWERED
        ]
    assert read(changed("conditions", ANSWERED), rules).conditions.purpose is Purpose.SEARCH


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("in_the_union", "yes", "has to be true or false, without quotes, not 'yes'"),
        ("automated", 1, "has to be true or false, without quotes, not 1"),
        ("purpose", "fun", 'has to be "facial-recognition-database", "search", "training-without-identification", '),
        ("source", "tv", 'has to be "internet", "cctv", "internet-and-cctv" or "other", not \'tv\''),
        ("sauce", "cctv", "is no known key; did you mean conditions.source?"),
    ],
)
def test_what_is_no_answer(changed, wrong, key, value, says):
    (line,) = wrong(changed(f"conditions.{key}", value))
    assert line.startswith(f"conditions.{key} {says}")


@pytest.mark.parametrize("source", ["internet", "cctv", "internet-and-cctv"])
def test_the_prohibited_practice_in_so_many_words_is_refused_with_the_article(changed, broad, wrong, source):
    (line,) = wrong(changed("conditions", PROHIBITED | {"source": source}, broad))
    assert line.startswith('conditions.purpose is "facial-recognition-database"')
    assert "Article 5(1)(e) of Regulation (EU) 2024/1689" in line
    assert "name the persons" in line


def test_it_takes_all_four(changed, broad, read):
    others = {"in_the_union": [False, None], "purpose": ["search", "other"], "automated": [False], "source": ["other"]}
    for key, value in ((key, value) for key, values in others.items() for value in values):
        assert read(changed("conditions", PROHIBITED | {key: value}, broad))


def test_a_targeted_search_for_a_database_is_not_the_prohibited_practice(changed, read):
    assert read(changed("conditions", PROHIBITED)).conditions.purpose is Purpose.DATABASE


@pytest.mark.parametrize("purpose", OWN_CLASS)
def test_a_purpose_that_needs_no_given_person_is_untargeted(changed, good, broad, wrong, read, purpose):
    assert wrong(changed("conditions.purpose", purpose, good)) == [
        f'conditions.purpose is "{purpose}"; such a purpose needs no given person\'s face: use kind = "untargeted"'
    ]
    job = read(changed("conditions.purpose", purpose, broad))
    assert not job.redact
    assert read(changed("conditions.purpose", purpose, broad) | {"faces": "redact"}).redact


def test_only_such_a_purpose_may_ask_for_covered_faces(changed, broad, wrong):
    for purpose, kind in product([None, *Purpose], ["untargeted", "individual"]):
        if kind == "untargeted" and purpose in OWN_CLASS:
            continue
        raw = changed("conditions.purpose", purpose, changed("scope.kind", kind, broad)) | {"faces": "redact"}
        assert any(line.startswith('faces is "redact", ') for line in wrong(raw)), (purpose, kind)


@pytest.mark.parametrize("value", ["pass", "quarantine", True, ["redact"]])
def test_a_job_says_nothing_else_of_faces(broad, wrong, value):
    assert wrong(broad | {"faces": value})[0].startswith('faces has to be "redact", or is left away')
