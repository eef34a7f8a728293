import pytest
from facegate_addons.domain.model import Clear, Faces, Finding, Unreadable
from facegate_addons.domain.reasons import Reason
from facegate_addons.verdicts.lasting import lasts

FOUND = (Finding((0, 0, 9, 9), 0.9),)
PASSING = {
    "limit-time",
    "limit-memory",
    "inspection-failed",
    "overloaded",
    "internal",
    "limit-body",
    "client-left",
    "state-failed",
}


def test_what_was_seen_lasts():
    assert lasts(Clear("jpeg"))
    assert lasts(Faces(FOUND))
    assert lasts(Faces(FOUND, b"a copy"))


@pytest.mark.parametrize("why", [Reason.UNKNOWN_TYPE, Reason.UNDECODABLE, Reason.LIMIT_PIXELS, Reason.OPAQUE_TEXT])
def test_what_the_bytes_are_lasts(why):
    assert lasts(Unreadable(why))
    assert lasts(Faces(FOUND, unredacted=f"{why}, in words"))


@pytest.mark.parametrize("why", sorted(PASSING))
def test_what_another_look_may_decide_otherwise_does_not(why):
    assert not lasts(Unreadable(Reason(why)))
    assert not lasts(Faces(FOUND, unredacted=why))
    assert not lasts(Faces(FOUND, unredacted=f"{why}, to write it"))


def test_faces_in_the_copy_may_go_at_another_look():
    assert not lasts(Faces(FOUND, unredacted="faces, in the copy, too"))
