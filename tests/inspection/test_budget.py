from dataclasses import replace

import pytest
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Spent, Unread


def test_each_limit_has_its_reason() -> None:
    limits = replace(Limits(), decoded=10, members=1, frames=20, pixels=100, depth=1)
    cases = (
        (lambda b: b.decoded(11), Reason.LIMIT_DECODED),
        (lambda b: (b.member(), b.member()), Reason.LIMIT_MEMBERS),
        (lambda b: [b.frame(1, 1) for _ in range(21)], Reason.LIMIT_FRAMES),
        (lambda b: [b.frame(10, 10) for _ in range(11)], Reason.LIMIT_PIXELS),
    )
    for spend, reason in cases:
        with pytest.raises(Spent) as caught:
            spend(Budget(limits))
        assert caught.value.why is reason


def test_frames_add_up() -> None:
    budget = Budget(replace(Limits(), pixels=100))
    for _ in range(10):
        budget.frame(10, 10)
    with pytest.raises(Spent) as caught:
        budget.frame(1, 1)
    assert caught.value.why is Reason.LIMIT_PIXELS


def test_a_frame_too_large_is_unread_by_itself() -> None:
    budget = Budget(replace(Limits(), pixels=100))
    with pytest.raises(Unread) as caught:
        budget.frame(11, 10)
    assert caught.value.why is Reason.LIMIT_PIXELS
    assert not isinstance(caught.value, Spent)


def test_frames_are_those_of_one_file() -> None:
    budget = Budget(replace(Limits(), frames=2))
    for _ in range(3):
        budget.file()
        budget.frame(1, 1)
        budget.frame(1, 1)
    with pytest.raises(Spent) as caught:
        budget.frame(1, 1)
    assert caught.value.why is Reason.LIMIT_FRAMES


def test_depth_is_given_back() -> None:
    budget = Budget(replace(Limits(), depth=1))
    for _ in range(3):
        with budget.inside():
            pass
    for _ in range(2):  # and what went too deep is no deeper for it
        with budget.inside(), pytest.raises(Spent) as caught, budget.inside():
            pass
        assert caught.value.why is Reason.LIMIT_DEPTH
    with budget.inside():
        pass


def test_time() -> None:
    now = iter((0.0, 4.0, 6.0))
    budget = Budget(replace(Limits(), seconds=5), clock=lambda: next(now))
    budget.tick()
    with pytest.raises(Spent) as caught:
        budget.tick()
    assert caught.value.why is Reason.LIMIT_TIME
