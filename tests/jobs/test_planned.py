from collections.abc import Callable
from dataclasses import replace

import pytest
from facegate.errors import Conflict, NotAllowed
from facegate.jobs.desk import Change, Desk
from facegate.jobs.lifecycle import Actor
from facegate.jobs.planned import planned
from facegate.jobs.record import RegisteredJob
from facegate.jobs.widening import Mark
from facegate.ledger.reading import tail
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.job import Job, JobState

ROOT, EVE = Actor("os:root"), Actor("eve", "reviewer")


def test_it_tells_what_comes_and_does_nothing(
    home: Home, database: Database, desk: Desk, targeted: Callable[..., Job]
) -> None:
    job = targeted()
    new = planned(database, job, ROOT)
    assert (new.change, new.before, new.latest, new.after.state) == (Change.CREATED, None, None, JobState.PENDING)
    assert {row.mark for row in new.comparison.rows} == {Mark.ADDED}
    assert "one given person" in new.assessment.sentence
    desk.register(job, ROOT)
    assert planned(database, job, ROOT).change is Change.UNCHANGED
    wider = planned(database, replace(job, scope=replace(job.scope, max_releases=9)), ROOT)
    assert wider.change is Change.CHANGED
    assert [row.key for row in wider.comparison.changed] == ["scope.max_releases"]
    assert desk.show("case").job.scope.max_releases == 5
    assert len(tail(home.ledger, 9)) == 1


def test_a_waiting_version_is_what_it_is_compared_with(
    database: Database, desk: Desk, targeted: Callable[..., Job]
) -> None:
    desk.register(targeted(), ROOT)
    desk.approve("case", EVE)
    desk.register(replace(targeted(), purpose="waiting"), ROOT)
    found = planned(database, replace(targeted(), purpose="other"), ROOT)
    assert found.latest is not None
    assert (found.latest.number, found.after.state) == (2, JobState.APPROVED)


def test_it_refuses_what_the_desk_refuses(database: Database, desk: Desk, targeted: Callable[..., Job]) -> None:
    def no(before: RegisteredJob | None) -> None:
        raise Conflict("look again")

    with pytest.raises(NotAllowed, match="eve is reviewer"):
        planned(database, targeted(), EVE)
    with pytest.raises(Conflict, match="built in"):
        planned(database, Job("untargeted", "acme", "p"), ROOT)
    with pytest.raises(Conflict, match="look again"):
        planned(database, targeted(), ROOT, check=no)
    desk.register(targeted(), ROOT)
    desk.revoke("case", ROOT)
    with pytest.raises(Conflict, match="revoked, for good"):
        planned(database, targeted(), ROOT)
