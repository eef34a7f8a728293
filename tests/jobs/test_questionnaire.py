from facegate.jobs.rules import Rules
from facegate_addons.domain.job import Conditions, Purpose, Source

ANSWERED = {"in_the_union": True, "purpose": "search", "automated": False, "source": "internet-and-cctv"}


def test_answers_are_read(changed, read):
    job = read(changed("conditions", ANSWERED))
    assert job.conditions == Conditions(True, Purpose.SEARCH, False, Source.BOTH)


def test_answers_may_be_wanted(good, broad, changed, wrong, read):
    rules = Rules(conditions_required=True)
    for job in (good, broad):
        assert wrong(job, rules)[0].startswith("conditions is missing; write a table [conditions] with in_the_union, ")
        assert [line.split(";")[0] for line in wrong(changed("conditions", {}, job), rules)] == [
            f"conditions.{key} is missing" for key in ANSWERED
        ]
    assert read(changed("conditions", ANSWERED), rules).conditions.purpose is Purpose.SEARCH
