import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from facegate.errors import StateError
from facegate.state import jobs
from facegate.state import registry as registries
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.ledger import ChainedLedger
from facegate.state.registry import LOCAL_JOB, JobRegistry
from facegate.state.users import add
from facegate_addons.domain.job import Job, JobState, Kind
from facegate_addons.domain.ports import Registry


@pytest.fixture
async def registry(database: Database) -> AsyncIterator[JobRegistry]:
    registry = JobRegistry(database)
    await registry.start()
    yield registry
    await registry.stop()


async def until(condition: Callable[[], bool], seconds: float = 5.0) -> float:
    """How long it took."""
    start = time.monotonic()
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the registry offers no event: gateways never wait for it
            await asyncio.sleep(0.005)
    return time.monotonic() - start


async def test_only_the_right_token_opens(database: Database, ledger: ChainedLedger, registry: JobRegistry) -> None:
    gate: Registry = registry
    _, token = jobs.register(database, ledger, Job("crawl", "acme", "p"))
    await until(lambda: gate.get("crawl") is not None)
    assert gate.authenticate("crawl", token) == Job("crawl", "acme", "p")
    for job_id, wrong in (("crawl", token[:-1]), ("crawl", ""), ("nobody", token), ("crawl", "\ud800"), ("", "")):
        assert gate.authenticate(job_id, wrong) is None


async def test_the_local_job_is_known_and_cannot_log_in(registry: JobRegistry) -> None:
    assert registry.get("untargeted") is LOCAL_JOB
    assert (LOCAL_JOB.operator, LOCAL_JOB.scope.kind) == ("local", Kind.UNTARGETED)
    assert registry.authenticate("untargeted", "") is None
    assert not await registry.spend_release("untargeted")


async def test_a_change_by_another_process_is_in_force_within_a_second(home: Home, registry: JobRegistry) -> None:
    job_file = home.path / "job.toml"
    job_file.write_text('id = "crawl"\noperator = "acme"\npurpose = "p"\n[scope]\nkind = "untargeted"\n')
    command = [str(Path(sys.executable).with_name("facegate")), "job"]
    where = ["--home", str(home.path)]
    await asyncio.to_thread(subprocess.run, [*command, "register", str(job_file), *where], check=True)
    assert await until(lambda: registry.get("crawl") is not None) < 1
    await asyncio.to_thread(subprocess.run, [*command, "revoke", "crawl", *where], check=True)
    assert await until(lambda: registry.get("crawl") == Job("crawl", "acme", "p", state=JobState.REVOKED)) < 1


async def test_a_replaced_token_is_worthless(database: Database, ledger: ChainedLedger, registry: JobRegistry) -> None:
    _, old = jobs.register(database, ledger, Job("crawl", "acme", "p"))
    await until(lambda: registry.authenticate("crawl", old) is not None)
    new = jobs.rotate_token(database, ledger, "crawl")
    await until(lambda: registry.authenticate("crawl", new) is not None)
    assert registry.authenticate("crawl", old) is None


async def test_an_altered_row_opens_nothing(
    database: Database, ledger: ChainedLedger, registry: JobRegistry, targeted: Callable[..., Job]
) -> None:
    _, token = jobs.register(database, ledger, targeted())
    await until(lambda: registry.get("case") is not None)
    database.write_now(lambda c: c.execute("DROP TRIGGER jobs_frozen").rowcount)
    database.write_now(lambda c: c.execute("UPDATE jobs SET purpose = 'x', token_hash = token_hash").rowcount)
    await until(lambda: registry.get("case") is None)
    assert registry.authenticate("case", token) is None


async def test_only_an_approved_targeted_job_spends(
    database: Database, ledger: ChainedLedger, registry: JobRegistry, targeted: Callable[..., Job]
) -> None:
    add(database, ledger, "eve", "reviewer", "x" * 12)
    jobs.register(database, ledger, targeted(max_releases=2))
    assert not await registry.spend_release("case")  # pending
    jobs.approve(database, ledger, "case", "eve")
    assert [await registry.spend_release("case") for _ in range(4)] == [True, True, False, False]
    assert not await registry.spend_release("nobody")
    assert jobs.show(database, "case").releases == 2


SPENDER = """
import asyncio, sys
from pathlib import Path
from facegate.state.database import Database
from facegate.state.registry import JobRegistry

async def spend():
    with Database.open(Path(sys.argv[1])) as database:
        registry = JobRegistry(database)
        outcomes = await asyncio.gather(*(registry.spend_release("case") for _ in range(200)))
    print(sum(outcomes))

asyncio.run(spend())
"""


def test_two_processes_cannot_spend_more_than_there_is(
    home: Home, database: Database, ledger: ChainedLedger, targeted: Callable[..., Job]
) -> None:
    add(database, ledger, "eve", "reviewer", "x" * 12)
    jobs.register(database, ledger, targeted(max_releases=100))
    jobs.approve(database, ledger, "case", "eve")
    children = [
        subprocess.Popen([sys.executable, "-c", SPENDER, str(home.database)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert sum(int(child.communicate()[0]) for child in children) == 100
    assert jobs.show(database, "case").releases == 100


@pytest.mark.parametrize("error", [StateError("x: cannot be read"), RuntimeError("something nobody thought of")])
async def test_what_cannot_be_read_is_not_healthy_until_it_can(
    database: Database, ledger: ChainedLedger, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    real, broken = registries._Poller.poll, [False]

    def poll(self: registries._Poller) -> object:
        if broken[0]:
            raise error
        return real(self)

    monkeypatch.setattr(registries._Poller, "poll", poll)
    registry = JobRegistry(database)
    await registry.start()
    assert registry.healthy
    broken[0] = True
    await until(lambda: not registry.healthy)
    broken[0] = False
    jobs.register(database, ledger, Job("crawl", "acme", "p"))
    await until(lambda: registry.healthy and registry.get("crawl") is not None)
    await registry.stop()
