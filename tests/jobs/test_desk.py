"""What people do with jobs, on the real database and ledger."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from facegate.errors import Altered, Conflict, NotAllowed, NotFound, StateError
from facegate.jobs.desk import LONGEST_OVERLAP, SWEPT, Change, Desk, hash_of, waits
from facegate.jobs.lifecycle import Actor
from facegate.jobs.record import Spent, VersionState
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.reading import tail
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.jobs import list_jobs
from facegate.thresholds import Thresholds
from facegate_addons.domain.job import Job, JobState
from facegate_addons.domain.model import utc_now

ROOT, EVE = Actor("os:root"), Actor("eve", "reviewer")
Make = Callable[..., Job]
CRAWL = Job("crawl", "acme", "p")


def test_the_token_is_shown_once_and_kept_nowhere(home: Home, desk: Desk) -> None:
    done = desk.register(CRAWL, ROOT)
    assert done.token is not None
    assert len(done.token) >= 43
    assert [token.hash for token in done.job.tokens] == [hash_of(done.token)]
    for path in home.path.rglob("*"):
        assert path.is_dir() or done.token.encode() not in path.read_bytes()
    again = desk.register(CRAWL, ROOT)
    assert (again.change, again.token, again.job) == (Change.UNCHANGED, None, desk.show("crawl"))
    changed = desk.register(replace(CRAWL, purpose="q"), ROOT)
    assert (changed.change, changed.token) == (Change.CHANGED, None)
    assert changed.job.tokens == done.job.tokens


def test_what_is_shown_is_what_was_made(desk: Desk, targeted: Make) -> None:
    job = targeted(begins=utc_now(), paths=("/a/*",), max_faces=9)
    done = desk.register(job, ROOT)
    assert desk.show("case") == done.job
    assert desk.approve("case", EVE, why="paper").job == desk.show("case")
    desk.register(replace(job, purpose="other"), ROOT)
    assert desk.reject("case", EVE, "no") == desk.show("case")


def test_no_token_when_none_is_wanted(desk: Desk) -> None:
    assert desk.register(CRAWL, ROOT, token=False).token is None
    assert desk.show("crawl").tokens == ()
    token = desk.rotate_token("crawl", ROOT)
    assert [kept.hash for kept in desk.show("crawl").tokens] == [hash_of(token)]


def test_drafts_are_submitted(desk: Desk, targeted: Make) -> None:
    assert desk.register(targeted(), ROOT, draft=True).job.state is JobState.DRAFT
    assert not waits(desk.show("case"))
    assert desk.submit("case", ROOT).state is JobState.PENDING
    assert waits(desk.show("case"))


def test_a_change_waits_while_the_old_stays_in_force(desk: Desk, targeted: Make) -> None:
    job = targeted()
    desk.register(job, ROOT)
    desk.approve("case", EVE)
    desk.register(replace(job, purpose="other"), ROOT)
    with pytest.raises(Conflict, match="version 1 does not wait"):
        desk.approve("case", EVE, version=1)
    with pytest.raises(Conflict, match="not what was looked at"):
        desk.approve("case", EVE, version=2, seen=desk.show("case").versions[0].fingerprint)
    found = desk.show("case")
    assert (found.state, found.job.purpose) == (JobState.APPROVED, "find one person")
    done = desk.approve("case", EVE, version=2, seen=found.versions[1].fingerprint, why="paper").job
    assert (done.job.purpose, [v.state for v in done.versions]) == (
        "other", [VersionState.SUPERSEDED, VersionState.IN_FORCE],
    )  # fmt: skip


def test_two_tokens_overlap(desk: Desk) -> None:
    desk.register(CRAWL, ROOT)
    desk.rotate_token("crawl", ROOT, timedelta(hours=1))
    until = [token.until for token in desk.show("crawl").tokens]
    assert until[1] is None
    assert until[0] is not None
    assert timedelta(minutes=59) < until[0] - utc_now() <= timedelta(hours=1)
    desk.rotate_token("crawl", ROOT)
    assert [token.generation for token in desk.show("crawl").tokens] == [3]
    for wrong in (timedelta(seconds=-1), LONGEST_OVERLAP + timedelta(seconds=1)):
        with pytest.raises(Conflict, match="from 0 to 7 days"):
            desk.rotate_token("crawl", ROOT, wrong)


def test_a_token_is_replaced_once_by_what_is_sent_twice(desk: Desk) -> None:
    desk.register(CRAWL, ROOT)
    token = desk.rotate_token("crawl", ROOT, seen=1)
    with pytest.raises(Conflict, match="was replaced since it was looked at"):
        desk.rotate_token("crawl", ROOT, seen=1)
    assert [held.hash for held in desk.show("crawl").tokens] == [hash_of(token)]


def test_what_waits_is_withdrawn(home: Home, desk: Desk, targeted: Make) -> None:
    desk.register(targeted(), ROOT)
    with pytest.raises(Conflict, match="version 2 does not wait"):
        desk.withdraw("case", ROOT, version=2)
    found = desk.withdraw("case", Actor("acme", "operator"), version=1)
    assert found == desk.show("case")
    assert [(version.state, version.decider) for version in found.versions] == [(VersionState.WITHDRAWN, "acme")]
    (line,) = tail(home.ledger, 1)
    assert (line["event"], line["version"], line["by"]) == ("job-withdrawn", 1, "acme")
    with pytest.raises(Conflict, match="nothing of it waits"):
        desk.approve("case", EVE)


def test_revoked_is_for_good(desk: Desk, targeted: Make) -> None:
    desk.register(targeted(), ROOT)
    desk.revoke("case", ROOT, "done")
    found = desk.show("case")
    assert (found.state, found.revoked is not None, len(found.tokens)) == (JobState.REVOKED, True, 1)
    for verb in (
        lambda: desk.register(targeted(), ROOT),
        lambda: desk.revoke("case", ROOT),
        lambda: desk.rotate_token("case", ROOT),
        lambda: desk.approve("case", EVE),
        lambda: desk.submit("case", ROOT),
    ):
        with pytest.raises(Conflict, match="revoked"):
            verb()


def test_who_is_not_there_is_told_how_to_look(desk: Desk) -> None:
    for verb in (
        lambda: desk.show("ghost"),
        lambda: desk.revoke("ghost", ROOT),
        lambda: desk.rotate_token("ghost", ROOT),
        lambda: desk.approve("ghost", EVE),
        lambda: desk.reject("ghost", EVE, "x"),
        lambda: desk.submit("ghost", ROOT),
    ):
        with pytest.raises(NotFound, match="facegate job list"):
            verb()
    with pytest.raises(Conflict, match="built in"):
        desk.register(Job("untargeted", "acme", "p"), ROOT)


def test_each_change_is_a_ledger_line_first(home: Home, desk: Desk, targeted: Make) -> None:
    job = targeted()
    desk.register(job, Actor("acme", "operator", "api"))
    desk.register(replace(job, purpose="other"), ROOT)
    desk.reject("case", EVE, "no paper")
    desk.register(job, ROOT)
    desk.approve("case", EVE, why="paper")
    desk.rotate_token("case", ROOT, timedelta(hours=1))
    desk.revoke("case", ROOT, "found")
    lines = tail(home.ledger, 7)
    assert [(line["event"], line["version"], line["by"], line["via"], line["why"]) for line in lines] == [
        ("job-registered", 1, "acme", "api", ""),
        ("job-changed", 2, "os:root", "cli", ""),
        ("job-rejected", 2, "eve", "cli", "no paper"),
        ("job-changed", 3, "os:root", "cli", ""),
        ("job-approved", 3, "eve", "cli", "paper"),
        ("job-token-replaced", 3, "os:root", "cli", "overlap 1:00:00"),
        ("job-revoked", 3, "os:root", "cli", "found"),
    ]
    assert lines[0]["document"]["scope"]["hosts"] == ["news.example"]
    assert (lines[0]["role"], lines[0]["operator"]) == ("operator", "acme")
    assert "role" not in lines[1]
    assert lines[4]["fingerprint"] == desk.show("case").current.fingerprint


def test_what_is_refused_leaves_no_line(home: Home, desk: Desk, targeted: Make) -> None:
    desk.register(targeted(), ROOT)
    before = tail(home.ledger, 100)
    with pytest.raises(NotAllowed):
        desk.approve("case", ROOT)
    with pytest.raises(Conflict):
        desk.register(targeted(operator="other"), ROOT)
    assert tail(home.ledger, 100) == before


def test_what_the_ledger_cannot_take_does_not_happen(home: Home, database: Database, targeted: Make) -> None:
    broken = ChainedLedger(home.ledger, "broken")
    broken._file.close()  # every write fails from here on
    broken._file._file = -1  # type: ignore[attr-defined]
    with pytest.raises(StateError, match="nothing was changed"):
        Desk(database, broken).register(targeted(), ROOT)
    broken.close()
    assert list_jobs(database).jobs == []


def test_an_altered_job_can_be_revoked_and_nothing_else(home: Home, desk: Desk, targeted: Make) -> None:
    desk.register(targeted(), ROOT)

    def tamper(connection: sqlite3.Connection) -> None:
        connection.execute("DROP TRIGGER job_versions_frozen")
        connection.execute("UPDATE job_versions SET body = replace(body, 'news.example', 'any.example')")

    desk.database.write_now(tamper)
    for verb in (lambda: desk.show("case"), lambda: desk.approve("case", EVE), lambda: desk.rotate_token("case", ROOT)):
        with pytest.raises(Altered, match="revoke it"):
            verb()
    desk.revoke("case", ROOT, "odd")
    assert (tail(home.ledger, 1)[0]["event"], tail(home.ledger, 1)[0]["altered"]) == ("job-revoked", True)
    assert desk.database.read("SELECT state FROM jobs")[0]["state"] == "revoked"
    assert not desk.database.read("SELECT 1 FROM job_tokens")


def test_a_spent_job_comes_back_with_more_budget(desk: Desk, targeted: Make) -> None:
    job = targeted(max_releases=2)
    desk.register(job, ROOT)
    desk.approve("case", EVE)
    desk.database.write_now(lambda c: c.execute("UPDATE jobs SET releases = 2, state = 'exhausted'").rowcount)
    desk.register(replace(job, scope=replace(job.scope, max_releases=3)), ROOT)
    assert desk.show("case").state is JobState.EXHAUSTED
    done = desk.approve("case", EVE).job
    assert (done.state, done.spent) == (JobState.APPROVED, Spent(releases=2))


def test_a_sweep_marks_what_is_past_its_end(home: Home, desk: Desk, targeted: Make) -> None:
    gone = [desk.register(targeted(f"gone-{n}", days=30), ROOT).job.id for n in range(3)]
    desk.register(targeted("kept", days=30), ROOT)
    desk.register(CRAWL, ROOT)
    desk.revoke("gone-2", ROOT)
    past = utc_now() - timedelta(seconds=1)
    for name in gone:
        desk.database.write_now(
            lambda c, name=name: (
                c.execute(
                    "UPDATE jobs SET expires = ? WHERE id = ?", (past.isoformat(timespec="microseconds"), name)
                ).rowcount
            )
        )
    assert desk.expire_due() == 2
    assert desk.expire_due() == 0
    desk.ledger.flush(5)
    assert [(line["event"], line["job"]) for line in tail(home.ledger, 2)] == [
        ("job-expired", "gone-0"),
        ("job-expired", "gone-1"),
    ]
    states = {row["id"]: row["state"] for row in desk.database.read("SELECT id, state FROM jobs")}
    assert states == {
        "gone-0": "expired", "gone-1": "expired", "gone-2": "revoked", "kept": "pending", "crawl": "active",
    }  # fmt: skip


def test_a_sweep_is_done_in_pieces(desk: Desk, targeted: Make) -> None:
    job = targeted()
    assert desk.register(job, ROOT).change is Change.CREATED

    def many(connection: sqlite3.Connection) -> None:
        past = (utc_now() - timedelta(days=1)).isoformat(timespec="microseconds")
        for number in range(SWEPT + 1):
            connection.execute(
                "INSERT INTO job_versions SELECT ?, version, body, fingerprint, kind, state, author, at, decider,"
                " decided, why FROM job_versions WHERE job = 'case'",
                (f"copy-{number}",),
            )
            connection.execute(
                "INSERT INTO jobs SELECT ?, operator, operator_key, state, current, ?, 0, 0, 0, 0, registered, NULL"
                " FROM jobs WHERE id = 'case'",
                (f"copy-{number}", past),
            )

    desk.database.write_now(many)
    assert [desk.expire_due() for _ in range(3)] == [SWEPT, 1, 0]


def test_an_approval_tells_what_is_over_a_threshold(database: Database, ledger: ChainedLedger, targeted: Make) -> None:
    desk = Desk(database, ledger, Thresholds(hosts=1))
    desk.register(targeted("one"), ROOT)
    assert desk.approve("one", EVE).over == {}
    desk.register(targeted("two", hosts=("other.test",)), ROOT)
    assert desk.approve("two", EVE).over == {"hosts": 2}
