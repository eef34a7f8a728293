import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from facegate.errors import Conflict, NotAllowed, NotFound
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.reading import tail
from facegate.state import accumulation
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.spending import spend
from facegate.state.totals import totals_of
from facegate.thresholds import Thresholds
from facegate_addons.domain.job import Job, Spending
from facegate_addons.domain.model import utc_now
from facegate_addons.domain.reasons import Reason

NOW = datetime(2026, 3, 15, 23, 59, tzinfo=UTC)
OS, EVE = Actor("os:root"), Actor("eve", "reviewer")
FACE = Spending(bytes=1, faces=1)
DEFAULT = Thresholds()


@pytest.fixture
def release(database: Database, ledger: ChainedLedger) -> Callable[..., bool]:
    def run(thresholds: Thresholds, now: datetime = NOW, faces: int = 1, operator: str = "acme") -> bool:
        return database.write_now(
            lambda c: accumulation.count_release(c, ledger, operator, Spending(1, faces), thresholds, now)
        )

    return run


@pytest.fixture
def approve(database: Database, ledger: ChainedLedger, targeted: Callable[..., Job]) -> Callable[..., dict[str, int]]:
    """Registers and approves a job; what is over then."""

    def run(name: str, thresholds: Thresholds = DEFAULT, operator: str = "acme", **scope: Any) -> dict[str, int]:
        desk = Desk(database, ledger, thresholds)
        job = targeted(name, operator)
        desk.register(replace(job, scope=replace(job.scope, **scope)), OS)
        return desk.approve(name, EVE).over

    return run


def held(database: Database, operator: str = "acme") -> str | None:
    rows = database.read("SELECT held FROM operators WHERE key = ?", (operator,))
    return rows[0]["held"] if rows else None


def test_exactly_so_many_releases_pass(
    release: Callable[..., bool], database: Database, ledger: ChainedLedger, home: Home
) -> None:
    five = Thresholds(releases=5)
    assert [release(five) for _ in range(5)] == [True] * 5
    assert held(database) is None
    assert [release(five) for _ in range(3)] == [False] * 3
    assert held(database) == "2026-03-15T23:59:00.000000+00:00"
    assert database.read("SELECT releases FROM operator_days")[0]["releases"] == 5
    ledger.flush(5)
    line = tail(home.ledger, 9)[-1]
    facts = {"event": "accumulation-held", "operator": "acme", "over": {"releases": 6}, "allowed": {"releases": 5}}
    assert line.items() >= facts.items()
    assert len([entry for entry in tail(home.ledger, 9) if entry["event"] == "accumulation-held"]) == 1


def test_faces_are_counted_beside_releases(release: Callable[..., bool]) -> None:
    ten = Thresholds(faces=10)
    assert release(ten, faces=9)
    assert not release(ten, faces=2)
    assert not release(ten, faces=1)  # it would fit; but the releases are stopped now


def test_another_operator_goes_on(release: Callable[..., bool]) -> None:
    one = Thresholds(releases=1)
    assert [release(one), release(one), release(one, operator="other")] == [True, False, True]


def test_what_left_the_window_makes_room(release: Callable[..., bool]) -> None:
    two = Thresholds(timedelta(days=7), releases=2)
    assert release(two, NOW - timedelta(days=8))
    assert release(two, NOW - timedelta(days=7))
    assert release(two)  # that of 8 days ago is gone
    assert not release(two)  # that of the day a week ago is not


def test_midnight_gives_no_second_helping(release: Callable[..., bool]) -> None:
    two = Thresholds(timedelta(days=1), releases=2)
    assert [release(two), release(two)] == [True, True]
    assert not release(two, NOW + timedelta(minutes=2))


def test_a_stop_outlasts_the_window_and_a_raised_threshold(release: Callable[..., bool]) -> None:
    assert release(Thresholds(timedelta(days=1), releases=1))
    assert not release(Thresholds(timedelta(days=1), releases=1))
    assert not release(Thresholds(timedelta(days=1), releases=None), NOW + timedelta(days=30))


def test_a_clock_that_is_set_back_loses_no_count(release: Callable[..., bool], database: Database) -> None:
    three = Thresholds(releases=3)
    assert release(three)
    assert release(three, NOW - timedelta(days=2))
    assert release(three)
    assert not release(three)
    assert [tuple(row) for row in database.read("SELECT day, releases FROM operator_days")] == [("2026-03-15", 3)]


@pytest.mark.parametrize(
    ("thresholds", "second", "over"),
    [
        (Thresholds(subjects=1), {"subjects": ("case-2",)}, {"subjects": 2}),
        (Thresholds(subjects=1), {"subjects": (" CASE-1",)}, {}),  # the same person, spelled otherwise
        (Thresholds(hosts=1), {"hosts": ("www.other.example", "*.news.example")}, {"hosts": 2}),
        (Thresholds(hosts=1), {"hosts": ("www.news.example", "*.news.example")}, {}),
        (Thresholds(overlap=1), {"hosts": ("m.news.example",)}, {"overlap": 2}),
        (Thresholds(overlap=1), {"hosts": ("other.example",)}, {}),
    ],
)
def test_a_second_job_may_be_too_much(
    approve: Callable[..., dict[str, int]],
    database: Database,
    ledger: ChainedLedger,
    thresholds: Thresholds,
    second: dict[str, Any],
    over: dict[str, int],
) -> None:
    assert approve("one", thresholds) == {}
    assert approve("two", thresholds, " ACME  ".strip(), **second) == over
    assert (held(database) is not None) == bool(over)
    why = database.write_now(lambda c: spend(c, ledger, "one", FACE, thresholds, utc_now()))
    assert why is (Reason.ACCUMULATION if over else None)
    clear = database.write_now(lambda c: spend(c, ledger, "one", Spending(1), thresholds, utc_now()))
    assert clear is None  # what bears no face is not stopped


def test_a_revoked_job_counts_until_it_leaves_the_window(
    approve: Callable[..., dict[str, int]], database: Database, ledger: ChainedLedger
) -> None:
    approve("one")
    Desk(database, ledger).revoke("one", OS)
    window, now = [timedelta(days=90)], utc_now()
    counts = [
        database.look(lambda c, at=at: totals_of(c, "acme", window, at)[0].subjects)  # type: ignore[misc]
        for at in (now, now + timedelta(days=89), now + timedelta(days=91))
    ]
    assert counts == [1, 1, 0]


def test_a_new_version_replaces_what_the_old_one_looked_for(
    approve: Callable[..., dict[str, int]], database: Database
) -> None:
    approve("one")
    approve("one", subjects=("case-2",))
    later = utc_now() + timedelta(days=5)
    found = database.look(lambda c: totals_of(c, "acme", [timedelta(days=90), timedelta(days=1)], later))
    assert [totals.subjects for totals in found] == [2, 1]


def test_what_is_over_in_addition_is_added_to_why(approve: Callable[..., dict[str, int]], database: Database) -> None:
    approve("one", Thresholds(overlap=1))
    approve("two", Thresholds(overlap=1))
    approve("three", Thresholds(subjects=1), subjects=("case-9",))
    assert database.read("SELECT why FROM operators")[0]["why"] == '{"overlap": 2, "subjects": 2}'


def test_after_a_signature_as_much_again(
    release: Callable[..., bool], approve: Callable[..., dict[str, int]], database: Database, ledger: ChainedLedger
) -> None:
    two = Thresholds(releases=2, overlap=1)
    now = utc_now()
    approve("one", two)
    for _ in range(2):
        assert [release(two, now) for _ in range(3)] == [True, True, False]
        signed = accumulation.sign(database, ledger, "ACME", EVE, "looked at both", two)
        assert signed.releases == 2
    assert approve("two", two) == {}  # the first job with this domain was signed
    assert approve("three", two) == {"overlap": 2}


def test_a_signature_is_a_ledger_line_with_what_was_signed(
    release: Callable[..., bool], approve: Callable[..., dict[str, int]], database: Database, ledger: ChainedLedger,
    home: Home,
) -> None:  # fmt: skip
    one = Thresholds(releases=1)
    approve("one", one)
    release(one, utc_now(), 3)
    release(one, utc_now())
    accumulation.sign(database, ledger, "acme", Actor("Eve", "admin"), " order 12 ", one)
    assert tail(home.ledger, 1)[0].items() >= {
        "event": "accumulation-signed", "operator": "acme", "by": "Eve", "role": "admin", "via": "cli",
        "why": "order 12", "signature": 1, "over": {"releases": 2}, "window_days": 90, "jobs": 1,
        "approved_by_signer": 1, "totals": {"subjects": 1, "hosts": 1, "releases": 1, "faces": 3, "overlap": 1},
    }.items()  # fmt: skip
    row = database.read("SELECT * FROM operators")[0]
    assert (row["held"], row["why"], row["signatures"], row["signer"], row["reason"]) == (
        None,
        "",
        1,
        "Eve",
        "order 12",
    )


@pytest.mark.parametrize(
    ("by", "reason", "error", "says"),
    [
        (Actor("olaf", "operator"), "why", NotAllowed, "reviewer or an admin"),
        (OS, "why", NotAllowed, "no added user"),
        (Actor("ACME", "admin"), "why", NotAllowed, "another person"),
        (EVE, "  ", Conflict, "takes a reason"),
    ],
)
def test_who_may_not_sign(
    release: Callable[..., bool], database: Database, ledger: ChainedLedger, by: Actor, reason: str,
    error: type[Exception], says: str,
) -> None:  # fmt: skip
    release(Thresholds(releases=0))
    with pytest.raises(error, match=says):
        accumulation.sign(database, ledger, "acme", by, reason, Thresholds())
    assert held(database) is not None


def test_there_has_to_be_something_to_sign(
    release: Callable[..., bool], database: Database, ledger: ChainedLedger
) -> None:
    with pytest.raises(NotFound, match="accumulation list"):
        accumulation.sign(database, ledger, "nobody", EVE, "why", Thresholds())
    release(Thresholds())
    with pytest.raises(Conflict, match="nothing to sign"):
        accumulation.sign(database, ledger, "acme", EVE, "why", Thresholds())


SPENDER = """
import asyncio, sys
from pathlib import Path
from facegate.state.database import Database
from facegate.ledger.chained import ChainedLedger
from facegate.state.registry import JobRegistry
from facegate.thresholds import Thresholds
from facegate_addons.domain.job import Spending

async def spend():
    path, job = Path(sys.argv[1]), sys.argv[2]
    with Database.open(path) as database, ChainedLedger(path.parent / "ledger", job) as ledger:
        registry = JobRegistry(database, ledger, b"", lambda: Thresholds(releases=100))
        outcomes = await asyncio.gather(*(registry.spend(job, Spending(1, 1)) for _ in range(150)))
    print(outcomes.count(None), outcomes.count("accumulation"))

asyncio.run(spend())
"""


def test_two_jobs_in_two_processes_share_the_threshold(
    approve: Callable[..., dict[str, int]], home: Home, database: Database
) -> None:
    for name in ("one", "two"):
        approve(name, max_releases=1000)
    children = [
        subprocess.Popen([sys.executable, "-c", SPENDER, str(home.database), name], stdout=subprocess.PIPE, text=True)
        for name in ("one", "two")
    ]
    counts = [tuple(map(int, child.communicate()[0].split())) for child in children]
    assert sum(passed for passed, _ in counts) == 100
    assert sum(stopped for _, stopped in counts) == 200
    assert sum(row["releases"] for row in database.read("SELECT releases FROM jobs")) == 100
