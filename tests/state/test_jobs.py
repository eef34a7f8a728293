"""Jobs as rows: saved, loaded, paged; and what does not say what was registered."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from facegate.errors import Altered, NotFound
from facegate.jobs import desk as desks
from facegate.jobs.desk import Desk, hash_of
from facegate.jobs.lifecycle import Actor
from facegate.state import jobs
from facegate.state.database import Database
from facegate.state.registry import JobRegistry
from facegate.thresholds import Thresholds
from facegate_addons.domain.job import Job, JobState, Spending
from facegate_addons.domain.model import utc_now
from facegate_addons.domain.reasons import Reason

ROOT, EVE = Actor("os:root"), Actor("eve", "reviewer")
Make = Callable[..., Job]


def names(page: jobs.Page) -> list[str]:
    return [job.id for job in page.jobs]


def test_each_version_comes_back_with_all_its_facts(desk: Desk, targeted: Make) -> None:
    job = targeted()
    desk.register(job, ROOT)
    desk.approve("case", EVE, why="paper")
    made = desk.register(replace(job, purpose="\u00fc 'x' \"y\"\n"), Actor("acme", "operator")).job
    found = desk.show("case")
    assert found == made
    first, second = found.versions
    assert (first.decider, first.why, second.author, second.decided) == ("eve", "paper", "acme", None)
    assert second.job.purpose == "\u00fc 'x' \"y\"\n"


def test_pages_go_on_behind_the_last_id(database: Database, desk: Desk) -> None:
    for number in range(7):
        desk.register(Job(f"job-{number}", "acme", "p"), ROOT)
    seen, page = [], jobs.list_jobs(database, limit=3)
    while True:
        seen.append(names(page))
        if page.next is None:
            break
        page = jobs.list_jobs(database, limit=3, after=page.next)
    assert seen == [["job-0", "job-1", "job-2"], ["job-3", "job-4", "job-5"], ["job-6"]]
    assert jobs.list_jobs(database, limit=7).next is None


def test_filters(database: Database, desk: Desk, targeted: Make) -> None:
    desk.register(Job("crawl", "ACME  Corp", "p"), ROOT)
    desk.register(targeted(), ROOT)
    assert names(jobs.list_jobs(database, state="pending")) == ["case"]
    assert names(jobs.list_jobs(database, operator=" acme corp")) == ["crawl"]
    assert names(jobs.list_jobs(database, state="pending", operator="acme corp")) == []
    assert names(jobs.list_jobs(database, operator="x' OR 1=1 --")) == []


def test_pages_and_filters_read_no_more_than_they_show(database: Database) -> None:
    for where in ("id > ''", "id > '' AND state = 'active'", "id > '' AND operator_key = 'acme'"):
        sql = f"EXPLAIN QUERY PLAN SELECT * FROM jobs WHERE {where} ORDER BY id LIMIT 10"  # noqa: S608
        plan = " ".join(row["detail"] for row in database.read(sql))
        assert "SEARCH jobs USING INDEX" in plan
        assert "TEMP B-TREE" not in plan


ALTERATIONS = {
    "body": "UPDATE job_versions SET body = replace(body, 'news.example', 'any.example') WHERE version = 2",
    "body and fingerprint of nothing": "UPDATE job_versions SET body = '{}', fingerprint = sha256('{}')",
    "no scope": "UPDATE job_versions SET body = '{\"scope\":[]}', fingerprint = sha256('{\"scope\":[]}')",
    "another job's body": "UPDATE job_versions SET body = replace(body, '\"case\"', '\"else\"'),"
    " fingerprint = sha256(replace(body, '\"case\"', '\"else\"'))",
    "fingerprint": "UPDATE job_versions SET fingerprint = 'f' || fingerprint",
    "expires": "UPDATE jobs SET expires = '2099-01-01T00:00:00.000000+00:00'",
    "no end": "UPDATE jobs SET expires = NULL",
    "current": "UPDATE jobs SET current = 1",
    "operator": "UPDATE jobs SET operator = 'mallory'",
    "operator's key": "UPDATE jobs SET operator_key = 'mallory'",
    "state of a job": "UPDATE jobs SET state = 'pending'",
    "state of a version": "UPDATE job_versions SET state = 'rejected' WHERE version = 2",
}


def sha256(text: str) -> str:
    return hash_of(text).hex()


@pytest.mark.parametrize("alteration", ALTERATIONS)
async def test_a_row_that_was_altered_opens_nothing(
    database: Database, desk: Desk, in_force: Callable[..., str], targeted: Make, alteration: str
) -> None:
    token = in_force()
    desk.register(replace(desk.show("case").job, purpose="later"), ROOT)
    desk.approve("case", EVE)
    registry = JobRegistry(database, desk.ledger, b"", Thresholds)
    assert await registry.authenticate("case", token) is not None
    assert await registry.spend("case", Spending(1, faces=1)) is None

    def tamper(connection: sqlite3.Connection) -> None:
        connection.create_function("sha256", 1, sha256)
        connection.execute("DROP TRIGGER job_versions_frozen")
        connection.execute(ALTERATIONS[alteration])

    database.write_now(tamper)
    for verb in (lambda: desk.show("case"), lambda: desk.rotate_token("case", ROOT)):
        with pytest.raises(Altered, match="revoke it"):
            verb()
    page = jobs.list_jobs(database)
    assert (page.jobs, len(page.damaged)) == ([], 1)
    fresh = JobRegistry(database, desk.ledger, b"", Thresholds)
    assert await fresh.authenticate("case", token) is None
    assert await fresh.get("case") is None
    assert await fresh.signing_keys("case") == ()
    with pytest.raises(Altered):
        await fresh.spend("case", Spending(1, faces=1))
    desk.revoke("case", ROOT)


async def test_what_waits_is_not_approved_by_its_state_alone(database: Database, desk: Desk, targeted: Make) -> None:
    desk.register(targeted(), ROOT)
    database.write_now(lambda c: c.execute("UPDATE jobs SET state = 'approved'").rowcount)
    registry = JobRegistry(database, desk.ledger, b"", Thresholds)
    assert await registry.get("case") is None
    with pytest.raises(Altered):
        await registry.spend("case", Spending(1, faces=1))


def test_a_damaged_row_hides_no_other(database: Database, desk: Desk) -> None:
    for name in ("a", "b", "c"):
        desk.register(Job(name, "acme", "p"), ROOT)
    database.write_now(lambda c: c.execute("UPDATE jobs SET operator = 'x' WHERE id = 'b'").rowcount)
    page = jobs.list_jobs(database, limit=2)
    assert (names(page), page.next, len(page.damaged)) == (["a"], "b", 1)
    assert "'b'" in page.damaged[0]
    assert names(jobs.list_jobs(database, after="b")) == ["c"]


def test_current_is_the_version_whose_word_counts(desk: Desk, in_force: Callable[..., str]) -> None:
    in_force()
    job = desk.show("case").job
    desk.register(replace(job, purpose="later"), ROOT)

    def current(name: str) -> tuple[Job, object, str] | None:
        return desk.database.look(lambda connection: jobs.current(connection, name))

    found = current("case")
    assert found is not None
    assert (found[0], found[2]) == (job, "acme")
    assert current("ghost") is None
    with pytest.raises(NotFound):
        desk.database.look(lambda connection: jobs.load(connection, "ghost"))


async def test_a_job_past_its_end_stays_readable(
    desk: Desk, in_force: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sweep writes the state alone."""
    in_force()
    monkeypatch.setattr(desks, "utc_now", lambda: utc_now() + timedelta(days=31))
    assert desk.expire_due() == 1
    assert desk.show("case").state is JobState.EXPIRED
    registry = JobRegistry(desk.database, desk.ledger, b"", Thresholds)
    found = await registry.get("case")
    assert found is not None
    assert not found.may_crawl(utc_now())
    assert await registry.spend("case", Spending(1, faces=1)) is Reason.FACES


def test_tokens_that_were_brought_are_remembered(desk: Desk) -> None:
    desk.register(Job("crawl", "acme", "p"), ROOT, token_hash=b"1" * 32)

    def look[T](query: Callable[[sqlite3.Connection], T]) -> T:
        return desk.database.look(query)

    assert look(lambda c: jobs.token_holder(c, b"1" * 32)) == "crawl"
    assert look(lambda c: jobs.token_holder(c, b"2" * 32)) is None
    assert look(lambda c: jobs.was_brought(c, "crawl", b"1" * 32))
    assert not look(lambda c: jobs.was_brought(c, "other", b"1" * 32))


def test_what_was_brought_is_remembered_for_a_while(desk: Desk) -> None:
    desk.register(Job("crawl", "acme", "p"), ROOT)
    hashes = [bytes([n]) * 32 for n in range(jobs.BROUGHT_MAX + 1)]

    def known(connection: sqlite3.Connection) -> list[bool]:
        for each in (*hashes, hashes[-1]):
            jobs.bring(connection, "crawl", each)
        return [jobs.was_brought(connection, "crawl", each) for each in hashes]

    assert desk.database.write_now(known) == [False, *[True] * jobs.BROUGHT_MAX]


def test_the_one_hash_of_an_older_version_is_still_known(desk: Desk) -> None:
    def known(connection: sqlite3.Connection) -> list[bool]:
        connection.execute("INSERT INTO settings VALUES ('job-token-brought:crawl', ?)", ("11" * 32,))
        jobs.bring(connection, "crawl", b"2" * 32)
        return [jobs.was_brought(connection, "crawl", each) for each in (b"\x11" * 32, b"2" * 32, b"3" * 32)]

    assert desk.database.write_now(known) == [True, True, False]


def test_who_wrote_what_lives(desk: Desk, targeted: Make) -> None:
    by_file = Actor("file:a.toml")
    for name in ("file", "gone", "typed"):
        desk.register(targeted(name), by_file if name != "typed" else ROOT)
    desk.revoke("gone", ROOT)
    desk.register(replace(targeted("typed"), purpose="x"), Actor("profile:x"))
    assert desk.database.look(lambda c: jobs.written_by(c, "file:")) == {"file": "file:a.toml"}
