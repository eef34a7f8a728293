import json
from itertools import product

import pytest
from facegate.jobs.questionnaire import Standing, all_met, assess
from facegate_addons.domain.job import Conditions, Job, Kind, Purpose, Scope, Source

UNTARGETED = Scope()
INDIVIDUAL = Scope(Kind.INDIVIDUAL, ("case-1",))
GROUP = Scope(Kind.GROUP, ("case-1", "case-2"))
PROHIBITED = Conditions(True, Purpose.DATABASE, True, Source.INTERNET)


def job(scope=UNTARGETED, *answers, redact=False) -> Job:
    return Job("j", "o", "p", scope, conditions=Conditions(*answers), redact=redact)


@pytest.mark.parametrize(
    ("asked", "standing", "says"),
    [
        (
            job(UNTARGETED, True, Purpose.DATABASE, True, Source.CCTV),
            "prohibited",
            "would be prohibited, and faces never",
        ),
        (job(UNTARGETED, False, Purpose.DATABASE, True, Source.CCTV), "not-all-met", "not met: in_the_union)"),
        (job(UNTARGETED, True, Purpose.SEARCH, True, Source.OTHER), "not-all-met", "not met: purpose, source)"),
        (job(UNTARGETED, True, Purpose.SEARCH), "not-all-met", "Not answered: automated, source."),
        (job(UNTARGETED), "unanswered", "Not answered: in_the_union, purpose, automated, source."),
        (job(UNTARGETED, True, Purpose.DATABASE, None, Source.CCTV), "unanswered", "Not answered: automated."),
        (job(UNTARGETED, True, Purpose.TRAINING, True, Source.INTERNET), "no-faces-needed", "they are withheld."),
        (job(UNTARGETED, None, Purpose.FICTITIOUS, redact=True), "no-faces-needed", "they are covered."),
        (job(INDIVIDUAL, True, Purpose.SEARCH, True, Source.BOTH), "targeted", "A search for one given person is"),
        (job(GROUP), "targeted", "Not answered: in_the_union, purpose, source."),
        (
            job(GROUP, True, Purpose.DATABASE, True, Source.BOTH),
            "targeted",
            "2 given persons is targeted (229), but it",
        ),
    ],
)
def test_what_answers_come_to(asked, standing, says):
    assessed = assess(asked)
    assert assessed.standing == standing
    assert says in assessed.sentence


def test_which_conditions_are_met():
    assert [c.met for c in assess(job(UNTARGETED, True, Purpose.SEARCH, None, Source.OTHER)).conditions] == [
        *(True, False, None, False)
    ]
    assert [c.met for c in assess(Job("j", "o", scope=GROUP, conditions=PROHIBITED)).conditions] == [
        *(True, True, False, True)  # a targeted search is no untargeted scraping, whatever tools it has
    ]


def test_every_answer_has_one_sentence():
    answers = product([None, True, False], [None, *Purpose], [None, True, False], [None, *Source])
    for answer, scope in product(answers, (UNTARGETED, INDIVIDUAL, GROUP)):
        conditions = Conditions(*answer)
        assessed = assess(Job("j", "o", "p", scope, conditions=conditions))
        assert assessed.sentence.endswith(".")
        assert "\n" not in assessed.sentence
        prohibited = assessed.standing is Standing.PROHIBITED
        assert prohibited == (scope is UNTARGETED and all_met(conditions))
        assert prohibited == (scope is UNTARGETED and all(c.met for c in assessed.conditions))


def test_it_is_shown_as_json():
    shown = json.loads(json.dumps(assess(job()).as_json()))
    assert [condition["key"] for condition in shown["conditions"]] == ["in_the_union", "purpose", "automated", "source"]
    assert (shown["standing"], shown["conditions"][0]["met"]) == ("unanswered", None)
