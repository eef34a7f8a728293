"""Which jobs are found by what, in pages, each along an index."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.state import joblist
from facegate.state.database import Database, migrate
from facegate.state.home import Home
from facegate.state.joblist import Only, Wanted, count_waiting, find_jobs
from facegate.state.registry import JobRegistry
from facegate.state.schema import MIGRATIONS
from facegate.thresholds import Thresholds
from facegate_addons.domain.job import Job, JobState, Kind, Spending
from facegate_addons.domain.model import utc_now

ROOT, EVE = Actor("os:root"), Actor("eve", "reviewer")
Make = Callable[..., Job]


def found(database: Database, only: Only = Only.ALL, limit: int = 50, **wanted: object) -> list[str]:
    """All pages."""
    ids: list[str] = []
    after = ""
    while True:
        page = find_jobs(database, Wanted(only, **wanted), after=after, limit=limit)  # type: ignore[arg-type]
        ids += [job.id for job in page.jobs]
        after = page.next
        if not after:
            return ids


@pytest.fixture
def several(desk: Desk, targeted: Make) -> None:
    for name, operator in (("broad-1", "acme"), ("broad-2", "Umbrella")):
        desk.register(Job(name, operator, "p"), ROOT)
    for name, days in (("case-1", 30), ("case-2", 5), ("case-3", 3)):
        desk.register(targeted(name, days=days), ROOT)
    desk.approve("case-1", EVE)
    desk.approve("case-2", EVE)
    group = targeted("group-1", "umbrella")
    desk.register(replace(group, scope=replace(group.scope, kind=Kind.GROUP, subjects=("a", "b"))), ROOT, draft=True)
    desk.register(replace(targeted("case-2", days=5), purpose="other"), ROOT)


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ({}, ["broad-1", "broad-2", "case-1", "case-2", "case-3", "group-1"]),
        ({"state": JobState.APPROVED}, ["case-1", "case-2"]),
        ({"kind": Kind.UNTARGETED}, ["broad-1", "broad-2"]),
        ({"kind": Kind.INDIVIDUAL, "state": JobState.PENDING}, ["case-3"]),
        ({"operator": " UMBRELLA"}, ["broad-2", "group-1"]),
        ({"operator": "umbrella", "kind": Kind.GROUP}, ["group-1"]),
        ({"operator": "umbrella", "state": JobState.ACTIVE}, ["broad-2"]),
        ({"begins": "case-"}, ["case-1", "case-2", "case-3"]),
        ({"begins": "case-", "state": JobState.APPROVED, "operator": "acme"}, ["case-1", "case-2"]),
        ({"begins": "%"}, []),
        ({"only": Only.WAITING}, ["case-2", "case-3"]),
        ({"only": Only.WAITING, "state": JobState.PENDING}, ["case-3"]),
        ({"only": Only.WAITING, "operator": "umbrella"}, []),
        ({"only": Only.ENDING}, ["case-3", "case-2"]),
        ({"only": Only.ENDING, "state": JobState.APPROVED}, ["case-2"]),
        ({"only": Only.SPENT}, []),
        ({"operator": "x' OR 1=1 --"}, []),
    ],
)
@pytest.mark.parametrize("limit", [1, 2, 50])
def test_what_is_found(database: Database, several: None, wanted: dict[str, object], ids: list[str], limit: int):
    assert found(database, limit=limit, **wanted) == ids  # type: ignore[arg-type]


def test_how_many_wait(database: Database, several: None):
    assert count_waiting(database) == 2
    assert count_waiting(database, 1) == 1


async def test_a_budget_that_is_nearly_spent_is_found(database: Database, desk: Desk, several: None, targeted: Make):
    registry = JobRegistry(database, desk.ledger, bytes(32), Thresholds)
    for number in range(5):
        assert await registry.spend("case-1", Spending(1, 1)) is None
        assert found(database, Only.SPENT) == (["case-1"] if number >= 3 else [])
    assert desk.show("case-1").state is JobState.EXHAUSTED
    more = replace(targeted("case-1"), scope=replace(targeted("case-1").scope, max_releases=100))
    desk.register(more, ROOT)
    assert found(database, Only.SPENT) == ["case-1"]  # until it is approved
    desk.approve("case-1", EVE)
    assert found(database, Only.SPENT) == []


def test_what_ended_wants_no_attention(database: Database, desk: Desk, several: None):
    desk.revoke("case-2", ROOT)
    assert found(database, Only.ENDING) == ["case-3"]
    assert found(database, state=JobState.REVOKED, kind=Kind.INDIVIDUAL) == ["case-2"]


def test_the_list_follows_each_change(database: Database, desk: Desk, targeted: Make):
    desk.register(Job("case", "acme", "p"), ROOT)
    desk.register(targeted(), ROOT)
    assert found(database, kind=Kind.UNTARGETED, state=JobState.ACTIVE) == ["case"]
    desk.approve("case", EVE)
    assert found(database, kind=Kind.INDIVIDUAL, state=JobState.APPROVED) == ["case"]
    assert found(database, kind=Kind.UNTARGETED) == []


def test_a_budget_beyond_all_numbers_can_be_registered(database: Database, desk: Desk, targeted: Make):
    job = targeted()
    desk.register(replace(job, scope=replace(job.scope, max_bytes=999_999_999 * 1024**4)), ROOT)
    assert found(database, kind=Kind.INDIVIDUAL) == ["case"]


def test_a_page_ends_when_it_looked_at_enough(database: Database, several: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(joblist, "LOOKED", 2)
    page = find_jobs(database, Wanted(begins="", operator="acme", state=JobState.PENDING))
    assert (page.jobs, page.next, page.more) == ([], "case-1", True)
    page = find_jobs(database, Wanted(operator="acme", state=JobState.PENDING), after=page.next)
    assert ([job.id for job in page.jobs], page.more) == (["case-3"], False)


@pytest.mark.parametrize("after", ["x", "|", "2026|case"])
def test_a_page_that_is_none(database: Database, several: None, after: str):
    if "|" in after:
        find_jobs(database, Wanted(Only.ENDING), after=after)
    else:
        with pytest.raises(ValueError, match="none"):
            find_jobs(database, Wanted(Only.ENDING), after=after)


def test_a_row_that_was_altered_is_told(database: Database, desk: Desk):
    desk.register(Job("crawl", "acme", "p"), ROOT)
    database.write_now(lambda c: c.execute("UPDATE jobs SET operator = 'x'").rowcount)
    page = find_jobs(database, Wanted())
    assert page.jobs == []
    assert "altered" in page.damaged[0]


WANTED = [
    Wanted(),
    Wanted(state=JobState.ACTIVE),
    Wanted(kind=Kind.GROUP),
    Wanted(kind=Kind.GROUP, state=JobState.APPROVED),
    Wanted(operator="acme"),
    Wanted(operator="acme", kind=Kind.GROUP, state=JobState.APPROVED, begins="c"),
    *(Wanted(only) for only in Only if only),
]


@pytest.mark.parametrize("wanted", WANTED, ids=str)
def test_each_question_goes_along_an_index_in_its_order(database: Database, several: None, wanted: Wanted):
    sql, values = joblist._question(wanted, "", utc_now())
    plan = [row["detail"] for row in database.read(f"EXPLAIN QUERY PLAN {sql}", values)]
    assert not [line for line in plan if "TEMP B-TREE" in line], plan
    assert plan[0].startswith("SEARCH") or "job_list_near" in plan[0], plan
    assert all(line.startswith("SEARCH") for line in plan[1:]), plan


def test_jobs_of_before_come_forward(home: Home, desk: Desk, targeted: Make):
    """A database whose jobs were registered before there was a list."""
    database = desk.database
    desk.register(targeted(), ROOT)
    before = next(number for number, script in enumerate(MIGRATIONS) if "job_list" in script)
    for name in ("job_list_jobs", "job_list_versions", "job_list_changed", "job_list_spent"):
        database.write_now(lambda c, name=name: c.execute(f"DROP TRIGGER {name}").rowcount)  # type: ignore[misc]
    for statement in ("DROP VIEW job_list_now", "DROP TABLE job_list", "DROP INDEX jobs_end"):
        database.write_now(lambda c, statement=statement: c.execute(statement).rowcount)  # type: ignore[misc]
    database.write_now(lambda c: c.execute("DELETE FROM schema_version WHERE version > ?", (before,)).rowcount)
    migrate(home.database, MIGRATIONS[: before + 1])
    assert found(database, kind=Kind.INDIVIDUAL, state=JobState.PENDING) == ["case"]
