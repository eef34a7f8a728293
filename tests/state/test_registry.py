"""The jobs as a running gateway sees them: how soon, how much of them, and what when nobody can tell."""

import asyncio
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from facegate.errors import StateError
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.state import registry as registries
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.registry import LOCAL_JOB, JobRegistry, signing_key
from facegate.thresholds import Thresholds
from facegate_addons.domain.job import Job, JobState, Kind, Spending
from facegate_addons.domain.model import utc_now
from facegate_addons.domain.ports import Registry
from facegate_addons.domain.reasons import Reason

ROOT, EVE = Actor("os:root"), Actor("eve", "reviewer")
SECRET = b"s" * 32
CRAWL = Job("crawl", "acme", "p")


@pytest.fixture
def ledger(home: Home, database: Database) -> Iterator[ChainedLedger]:
    """Not that of the command line, which runs beside it."""
    with ChainedLedger(home.ledger, "gateway-0") as ledger:
        yield ledger


@pytest.fixture
async def registry(database: Database, ledger: ChainedLedger) -> AsyncIterator[JobRegistry]:
    registry = JobRegistry(database, ledger, SECRET, Thresholds)
    await registry.start()
    yield registry
    await registry.stop()


async def caught_up(registry: JobRegistry) -> None:
    """The poller has told of the one change there was."""

    async def told() -> bool:
        return registry._epoch > 0

    await until(told)


async def until(condition: Callable[[], Awaitable[object]], seconds: float = 30.0) -> float:
    """How long it took."""
    start = time.monotonic()
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - the registry offers no event: gateways never wait for it
            await asyncio.sleep(0.005)
    return time.monotonic() - start


def registered(desk: Desk, job: Job = CRAWL) -> str:
    token = desk.register(job, ROOT).token
    assert token is not None
    return token


def reads(registry: JobRegistry, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids that were read from disk, from here on."""
    seen: list[str] = []
    real = registries._read

    def read(connection: sqlite3.Connection, job_id: str) -> object:
        seen.append(job_id)
        return real(connection, job_id)

    monkeypatch.setattr(registries, "_read", read)
    return seen


async def test_only_the_right_token_opens(desk: Desk, registry: JobRegistry) -> None:
    gate: Registry = registry
    token, other = registered(desk), registered(desk, Job("other", "acme", "p"))
    assert await gate.authenticate("crawl", token) == CRAWL
    wrong = (("crawl", token[:-1]), ("crawl", ""), ("crawl", other), ("nobody", token), ("crawl", "\ud800"), ("", ""))
    for job_id, given in (*wrong, ("\ud800", token), ("crawl\0", token), ("CRAWL", token)):
        assert await gate.authenticate(job_id, given) is None


async def test_a_job_without_a_token_opens_for_nobody(desk: Desk, registry: JobRegistry) -> None:
    desk.register(CRAWL, ROOT, token=False)
    assert await registry.authenticate("crawl", "") is None
    assert await registry.authenticate("crawl", "\0" * 32) is None
    assert await registry.get("crawl") == CRAWL


async def test_the_local_job_is_known_and_cannot_log_in(registry: JobRegistry) -> None:
    assert await registry.get("untargeted") is LOCAL_JOB
    assert (LOCAL_JOB.operator, LOCAL_JOB.scope.kind) == ("local", Kind.UNTARGETED)
    assert await registry.authenticate("untargeted", "") is None
    assert await registry.spend("untargeted", Spending(1, faces=1)) is Reason.FACES


async def test_a_change_by_another_process_is_in_force_within_a_second(home: Home, registry: JobRegistry) -> None:
    job_file = home.path / "job.toml"
    job_file.write_text('id = "crawl"\noperator = "acme"\npurpose = "p"\n[scope]\nkind = "untargeted"\n')
    command = [str(Path(sys.executable).with_name("facegate")), "job"]
    where = ["--home", str(home.path)]
    assert await registry.get("crawl") is None  # and remembered as such
    await asyncio.to_thread(subprocess.run, [*command, "register", str(job_file), *where], check=True)
    assert await until(lambda: registry.get("crawl")) < 1
    await asyncio.to_thread(subprocess.run, [*command, "revoke", "crawl", *where], check=True)

    async def revoked() -> bool:
        return await registry.get("crawl") == replace(CRAWL, state=JobState.REVOKED)

    assert await until(revoked) < 1


async def test_a_replaced_token_is_worthless_at_once_or_after_the_overlap(desk: Desk, registry: JobRegistry) -> None:
    old = registered(desk)
    assert await registry.authenticate("crawl", old)
    new = desk.rotate_token("crawl", ROOT)
    await until(lambda: registry.authenticate("crawl", new))
    assert await registry.authenticate("crawl", old) is None
    newest = desk.rotate_token("crawl", ROOT, timedelta(hours=1))
    await until(lambda: registry.authenticate("crawl", newest))
    assert await registry.authenticate("crawl", new)
    assert len(await registry.signing_keys("crawl")) == 2


async def test_an_overlap_ends_without_a_change(
    desk: Desk, registry: JobRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = registered(desk)
    new = desk.rotate_token("crawl", ROOT, timedelta(hours=1))
    assert await registry.authenticate("crawl", old)
    monkeypatch.setattr(registries, "utc_now", lambda: utc_now() + timedelta(hours=1))
    assert await registry.authenticate("crawl", old) is None
    assert await registry.authenticate("crawl", new)
    assert await registry.signing_keys("crawl") == (signing_key(SECRET, "crawl", 2),)


async def test_signing_keys_are_those_of_its_tokens(desk: Desk, registry: JobRegistry) -> None:
    registered(desk)
    registered(desk, Job("other", "acme", "p"))
    keys = await registry.signing_keys("crawl")
    assert keys == (signing_key(SECRET, "crawl", 1),)
    assert len(keys[0]) == 32
    desk.rotate_token("crawl", ROOT, timedelta(hours=1))
    both = (signing_key(SECRET, "crawl", 2), signing_key(SECRET, "crawl", 1))

    async def rotated() -> bool:
        return await registry.signing_keys("crawl") == both

    await until(rotated)
    assert await registry.signing_keys("ghost") == ()
    everybodys = {signing_key(s, j, g) for s in (SECRET, b"t" * 32) for j in ("crawl", "other") for g in (1, 2)}
    assert len(everybodys) == 8


async def test_a_revoked_job_is_told_so_and_no_more(desk: Desk, registry: JobRegistry) -> None:
    token = registered(desk)
    desk.revoke("crawl", ROOT)

    async def known() -> bool:
        found = await registry.authenticate("crawl", token)
        return found is not None and found.state is JobState.REVOKED

    await until(known)
    assert await registry.authenticate("crawl", token + "x") is None


async def test_versions_are_told_as_they_come_into_force(
    desk: Desk, registry: JobRegistry, targeted: Callable[..., Job]
) -> None:
    job = targeted()
    registered(desk, job)
    found = await registry.get("case")
    assert found is not None
    assert (found.state, found.version) == (JobState.PENDING, 1)
    desk.approve("case", EVE)
    desk.register(replace(job, purpose="other"), ROOT)

    async def is_now(state: JobState, version: int) -> bool:
        found = await registry.get("case")
        return found is not None and (found.state, found.version) == (state, version)

    await until(lambda: is_now(JobState.APPROVED, 1))
    desk.approve("case", EVE)
    await until(lambda: is_now(JobState.APPROVED, 2))
    assert await registry.spend("case", Spending(1, faces=1)) is None


async def test_what_is_known_is_not_read_again(
    desk: Desk, registry: JobRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = registered(desk)
    await caught_up(registry)
    seen = reads(registry, monkeypatch)
    for _ in range(3):
        await registry.authenticate("crawl", token)
        await registry.authenticate("ghost", token)
        await registry.get("crawl")
    assert seen == ["crawl", "ghost"]
    registered(desk, Job("ghost", "acme", "p"))  # what was not there is forgotten as well
    await until(lambda: registry.get("ghost"))
    assert seen.count("crawl") == 1


async def test_all_who_ask_at_once_share_one_look(
    desk: Desk, registry: JobRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(desk)
    seen = reads(registry, monkeypatch)
    assert await asyncio.gather(*(registry.get("crawl") for _ in range(50))) == [CRAWL] * 50
    assert seen == ["crawl"]


async def test_who_gives_up_takes_the_look_from_nobody(desk: Desk, registry: JobRegistry) -> None:
    registered(desk)
    first, second = asyncio.create_task(registry.get("crawl")), asyncio.create_task(registry.get("crawl"))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == CRAWL


async def test_the_longest_unused_goes_first(
    desk: Desk, database: Database, ledger: ChainedLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registries, "REMEMBERED", 3)
    for name in "abcd":
        registered(desk, Job(name, "acme", "p"))
    registry = JobRegistry(database, ledger, SECRET, Thresholds)  # nobody tells it of changes
    for name in ("a", "b", "c", "a", "d"):
        assert await registry.get(name)
    assert list(registry._jobs) == ["c", "a", "d"]
    for number in range(100):  # guesses push out, and are no more than the rest
        await registry.get(f"guess-{number}")
    assert len(registry._jobs) == 3


async def test_what_changes_between_reading_and_remembering_is_not_remembered(
    desk: Desk, registry: JobRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(desk)
    real, has_read, go_on = registries._read, threading.Event(), threading.Event()

    def read(connection: sqlite3.Connection, job_id: str) -> object:
        known = real(connection, job_id)
        has_read.set()
        assert go_on.wait(10)
        return known

    monkeypatch.setattr(registries, "_read", read)
    asked = asyncio.create_task(registry.get("crawl"))
    await asyncio.to_thread(has_read.wait, 10)
    epoch = registry._epoch
    desk.ledger.flush(5)
    # the reader's lock is held: the change comes by another connection, and the poller has its own
    await asyncio.to_thread(desk.database.write_now, lambda c: c.execute("UPDATE jobs SET state = 'revoked'").rowcount)

    async def forgotten() -> bool:
        return registry._epoch > epoch

    await until(forgotten)
    go_on.set()
    assert await asked == CRAWL  # what was read then
    assert "crawl" not in registry._jobs
    found = await registry.get("crawl")
    assert found is not None
    assert found.state is JobState.REVOKED


async def test_more_changes_than_the_log_holds_forget_everything(
    database: Database, desk: Desk, registry: JobRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = registered(desk)
    assert await registry.authenticate("crawl", token)
    forgotten: list[list[str] | None] = []
    real = registry._forget
    monkeypatch.setattr(registry, "_forget", lambda changed: (forgotten.append(changed), real(changed)))

    def many(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE jobs SET state = 'revoked'")
        connection.executemany("INSERT INTO job_changes (job) VALUES (?)", (("x",) for _ in range(10_001)))

    await database.write(many)

    async def everything() -> bool:
        return None in forgotten

    await until(everything)
    found = await registry.get("crawl")
    assert found is not None
    assert found.state is JobState.REVOKED


async def test_other_writes_forget_nothing(
    database: Database, ledger: ChainedLedger, in_force: Callable[..., str]
) -> None:
    in_force()
    registry = JobRegistry(database, ledger, SECRET, Thresholds)
    await registry.start()
    await registry.get("case")
    assert await registry.spend("case", Spending(1, faces=1)) is None
    await database.write(lambda c: c.execute("INSERT INTO settings VALUES ('x', 'y')").rowcount)
    await asyncio.sleep(3 * registries.POLL_SECONDS)
    assert registry._epoch == 0
    assert "case" in registry._jobs
    await registry.stop()


@pytest.mark.parametrize("error", [StateError("x: cannot be read"), RuntimeError("something nobody thought of")])
async def test_what_cannot_be_read_is_not_healthy_until_it_can(
    desk: Desk, registry: JobRegistry, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    token = registered(desk)
    assert await registry.authenticate("crawl", token)
    real, broken = registries.ChangeLog.poll, [False]

    def poll(self: registries.ChangeLog) -> object:
        if broken[0]:
            raise error
        return real(self)

    async def healthy() -> bool:
        return registry.healthy

    async def unhealthy() -> bool:
        return not registry.healthy

    monkeypatch.setattr(registries.ChangeLog, "poll", poll)
    assert registry.healthy
    broken[0] = True
    await until(unhealthy)
    assert await registry.authenticate("crawl", token) == CRAWL  # the last known jobs stay in force
    desk.revoke("crawl", ROOT)
    broken[0] = False
    await until(healthy)
    assert await registry.authenticate("crawl", token) == replace(CRAWL, state=JobState.REVOKED)


async def test_a_look_that_hangs_is_not_healthy(registry: JobRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    """Meanwhile jobs that were revoked may be in force."""
    monkeypatch.setattr(registries, "STALLED", 0.05)
    monkeypatch.setattr(registries, "POLL_SECONDS", 0.001)
    real, go_on = registries.ChangeLog.poll, threading.Event()

    def hangs(self: registries.ChangeLog) -> object:
        assert go_on.wait(20)
        return real(self)

    async def healthy() -> bool:
        return registry.healthy

    async def unhealthy() -> bool:
        return not registry.healthy

    monkeypatch.setattr(registries.ChangeLog, "poll", hangs)
    await until(unhealthy)
    go_on.set()
    await until(healthy)


async def test_when_neither_memory_nor_disk_tell_it_is_an_error(
    desk: Desk, registry: JobRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = registered(desk)

    def broken(_connection: sqlite3.Connection, _job_id: str) -> object:
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as patched:
        patched.setattr(registries, "_read", broken)
        for asking in (registry.authenticate("crawl", token), registry.get("crawl"), registry.signing_keys("crawl")):
            with pytest.raises(StateError, match="cannot be read"):
                await asking
    assert await registry.authenticate("crawl", token) == CRAWL  # the failure is not remembered


async def test_a_database_that_is_not_there_does_not_start(
    home: Home, database: Database, ledger: ChainedLedger
) -> None:
    registry = JobRegistry(database, ledger, SECRET, Thresholds)
    home.database.rename(home.path / "aside")
    with pytest.raises(StateError, match="cannot be read"):
        await registry.start()
    assert not registry.healthy
    await registry.stop()
    (home.path / "aside").rename(home.database)


async def test_a_threshold_is_asked_at_each_release(
    database: Database, ledger: ChainedLedger, in_force: Callable[..., str]
) -> None:
    in_force()
    now = [Thresholds()]
    registry = JobRegistry(database, ledger, SECRET, lambda: now[0])
    assert await registry.spend("case", Spending(1, faces=1)) is None
    now[0] = Thresholds(releases=1)
    assert await registry.spend("case", Spending(1, faces=1)) is Reason.ACCUMULATION
