"""Budgets are exact: across processes and threads, for each of the four, and over versions."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.jobs.record import Spent
from facegate.ledger.reading import tail
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.spending import spend
from facegate.thresholds import Thresholds
from facegate_addons.domain.job import Job, JobState, Spending
from facegate_addons.domain.model import utc_now
from facegate_addons.domain.reasons import Reason

ROOT, EVE = Actor("os:root"), Actor("eve", "reviewer")
FACE = Spending(bytes=10, faces=2)
PAGE = Spending(bytes=10)


def take(desk: Desk, spending: Spending = FACE, *, now: datetime | None = None) -> Reason | None:
    at = now or utc_now()
    return desk.database.write_now(lambda c: spend(c, desk.ledger, "case", spending, desk.thresholds, at))


@pytest.mark.parametrize(
    ("scope", "outcomes"),
    [
        ({"max_releases": 2}, 2),
        ({"max_faces": 5}, 2),  # a third response has two more than there are
        ({"max_responses": 2}, 2),
        ({"max_bytes": 25}, 2),
        ({"max_releases": 9, "max_bytes": 10}, 1),
    ],
)
def test_all_or_nothing(desk: Desk, in_force: Callable[..., str], scope: dict[str, int], outcomes: int) -> None:
    in_force(**scope)
    got = [take(desk) for _ in range(outcomes + 2)]
    assert got == [None] * outcomes + [Reason.BUDGET_SPENT] * 2
    assert desk.show("case").spent == Spent(outcomes, 2 * outcomes, outcomes, 10 * outcomes)


def test_what_fits_still_goes_through(desk: Desk, in_force: Callable[..., str]) -> None:
    in_force(max_faces=3)
    assert [take(desk, Spending(1, faces=n)) for n in (2, 2, 1, 0)] == [
        None, Reason.BUDGET_SPENT, None, None,
    ]  # fmt: skip
    assert desk.show("case").spent.faces == 3


def test_a_page_takes_no_release(desk: Desk, in_force: Callable[..., str]) -> None:
    in_force(max_releases=1, max_responses=3)
    assert [take(desk, PAGE), take(desk), take(desk, PAGE), take(desk, PAGE)] == [None, None, None, Reason.BUDGET_SPENT]
    assert desk.show("case").spent == Spent(1, 2, 3, 30)


def test_the_last_one_exhausts_and_is_told_once(home: Home, desk: Desk, in_force: Callable[..., str]) -> None:
    in_force(max_releases=2)
    take(desk)
    assert desk.show("case").state is JobState.APPROVED
    for _ in range(3):
        take(desk)
    assert desk.show("case").state is JobState.EXHAUSTED
    desk.ledger.flush(5)
    (line,) = [line for line in tail(home.ledger, 100) if line["event"] == "job-exhausted"]
    assert (line["job"], line["releases"], line["faces"], line["responses"], line["bytes"]) == ("case", 2, 4, 2, 20)


def test_more_budget_goes_on_where_the_old_ended(desk: Desk, in_force: Callable[..., str]) -> None:
    in_force(max_releases=2)
    assert [take(desk) for _ in range(3)] == [None, None, Reason.BUDGET_SPENT]
    job = desk.show("case").job
    desk.register(replace(job, scope=replace(job.scope, max_releases=3)), ROOT)
    assert take(desk) is Reason.BUDGET_SPENT  # nobody approved it yet
    desk.approve("case", EVE)
    assert [take(desk) for _ in range(2)] == [None, Reason.BUDGET_SPENT]
    assert desk.show("case").spent.releases == 3
    assert desk.show("case").state is JobState.EXHAUSTED


@pytest.mark.parametrize("kind", ["ghost", "pending", "untargeted", "revoked", "early", "late", "draft"])
def test_without_a_scope_in_force_there_is_no_release(
    desk: Desk, in_force: Callable[..., str], targeted: Callable[..., Job], kind: str
) -> None:
    if kind in ("pending", "draft"):
        desk.register(targeted(), ROOT, draft=kind == "draft")
    elif kind == "untargeted":
        desk.register(Job("case", "acme", "p"), ROOT)
    elif kind != "ghost":
        in_force(begins=utc_now() + timedelta(hours=1) if kind == "early" else None)
        if kind == "revoked":
            desk.revoke("case", ROOT)
    assert take(desk, now=utc_now() + timedelta(days=31) if kind == "late" else None) is Reason.FACES


def test_over_the_operators_threshold_nothing_is_counted(
    database: Database, desk: Desk, in_force: Callable[..., str]
) -> None:
    in_force(max_releases=9)
    strict = replace(desk, thresholds=Thresholds(releases=1))
    assert [take(strict), take(strict), take(desk)] == [None, Reason.ACCUMULATION, Reason.ACCUMULATION]
    assert take(strict, PAGE) is None  # a page is no release
    assert desk.show("case").spent == Spent(1, 2, 2, 20)


SPENDER = """
import asyncio, sys, threading
from pathlib import Path
from facegate.state.database import Database
from facegate.ledger.chained import ChainedLedger
from facegate.state.registry import JobRegistry
from facegate.thresholds import Thresholds
from facegate_addons.domain.job import Spending

class Ledger:
    healthy = True
    def append(self, entry): pass

def spend(database, counts):
    async def run():
        registry = JobRegistry(database, Ledger(), b"", Thresholds)
        got = await asyncio.gather(*(registry.spend("case", Spending(3, faces=2)) for _ in range(60)))
        counts.append(got.count(None))
    asyncio.run(run())

counts = []
with Database.open(Path(sys.argv[1])) as database:
    print("ready", flush=True)
    sys.stdin.readline()
    threads = [threading.Thread(target=spend, args=(database, counts)) for _ in range(2)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
print(sum(counts))
"""


@pytest.mark.parametrize(
    "scope", [{"max_releases": 100}, {"max_faces": 201}, {"max_responses": 100}, {"max_bytes": 302}], ids=str
)
def test_two_processes_of_two_threads_cannot_spend_more_than_there_is(
    home: Home, desk: Desk, in_force: Callable[..., str], scope: dict[str, int]
) -> None:
    in_force(**scope)
    children = [
        subprocess.Popen(
            [sys.executable, "-c", SPENDER, str(home.database)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for child in children:
        assert child.stdout
        assert child.stdout.readline() == "ready\n"
    with ThreadPoolExecutor(2) as threads:  # 240 attempts, begun together
        took = list(threads.map(lambda child: int(child.communicate("go\n")[0]), children))
    assert all(child.returncode == 0 for child in children)
    assert sum(took) == 100
    assert desk.show("case").spent == Spent(100, 200, 100, 300)


def test_a_release_that_another_version_was_judged_by_is_none(desk: Desk, in_force: Callable[..., str]) -> None:
    in_force(max_releases=5)
    assert take(desk, replace(FACE, version=1)) is None
    assert take(desk, replace(FACE, version=2)) is Reason.FACES
    assert desk.show("case").spent.releases == 1
