from dataclasses import replace

import pytest
from facegate.demo.site import Holds
from facegate.demo.story import Outcome, Passed


def passed(faces: int, others: int = 7, unknown: int = 0) -> Passed:
    return {Holds.FACE: (faces, 8), Holds.NO_FACE: (others, 7), Holds.WHO_KNOWS: (unknown, 1)}


GOOD = Outcome(passed(0), passed(0), passed(8), passed(0), "password")


def test_it_holds_when_only_the_approved_job_got_faces() -> None:
    assert GOOD.holds


@pytest.mark.parametrize("crawl", ["untargeted", "pending", "outside"])
@pytest.mark.parametrize("wrong", [passed(1), passed(0, others=6), passed(0, unknown=1)])
def test_a_face_that_passed_or_a_page_that_did_not_is_told(crawl: str, wrong: Passed) -> None:
    assert not replace(GOOD, **{crawl: wrong}).holds


@pytest.mark.parametrize("wrong", [passed(7), passed(8, others=6), passed(8, unknown=1)])
def test_the_approved_job_gets_what_was_asked_for_and_no_more(wrong: Passed) -> None:
    assert not replace(GOOD, approved=wrong).holds
