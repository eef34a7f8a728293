"""What a page says beforehand is what the desk says when it is tried."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from facegate.errors import Conflict, NotAllowed
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.jobs.may import VERBS, may
from facegate_addons.domain.job import Job
from facegate_addons.domain.model import utc_now

ROOT, EVE = Actor("os:root"), Actor("eve", "reviewer")
PEOPLE = (Actor("acme", "operator"), Actor("olga", "operator"), EVE, Actor("ada", "admin"), Actor("ACME", "admin"))


def prepared(desk: Desk, targeted: Callable[..., Job], state: str) -> None:
    desk.register(targeted(), ROOT, draft=state == "draft")
    if state in ("approved", "changed", "revoked"):
        desk.approve("case", EVE)
    if state == "changed":
        desk.register(replace(targeted(), purpose="other"), Actor("ada", "admin"))
    if state == "revoked":
        desk.revoke("case", ROOT)


@pytest.mark.parametrize("state", ["draft", "pending", "approved", "changed", "revoked"])
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("by", PEOPLE, ids=lambda by: f"{by.role}-{by.name}")
def test_the_desk_says_the_same(desk: Desk, targeted: Callable[..., Job], state: str, verb: str, by: Actor) -> None:
    prepared(desk, targeted, state)
    doing: dict[str, Callable[[], object]] = {
        "change": lambda: desk.register(desk.show("case").job, by),
        "submit": lambda: desk.submit("case", by),
        "withdraw": lambda: desk.withdraw("case", by),
        "approve": lambda: desk.approve("case", by),
        "reject": lambda: desk.reject("case", by, "no"),
        "revoke": lambda: desk.revoke("case", by),
        "token": lambda: desk.rotate_token("case", by, timedelta(0)),
    }
    before = may(desk.show("case"), by, utc_now())[verb]
    after = ""
    try:
        doing[verb]()
    except (Conflict, NotAllowed) as error:
        after = str(error)
    assert after == before
