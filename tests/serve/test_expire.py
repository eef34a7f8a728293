import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from facegate.config import load
from facegate.errors import StateError
from facegate.jobs.desk import SWEPT, Desk
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.serve.expire import expiring
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.job import Job, JobState, Scope
from facegate_addons.domain.model import utc_now


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    home = Home.prepare(load(home=str(tmp_path / "home")))
    with Database.open(home.database) as database, ChainedLedger(home.ledger, "gateway-0") as ledger:
        yield Desk(database, ledger)


async def until(condition: Callable[[], bool]) -> None:
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < 10
        await asyncio.sleep(0.005)


async def ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_job_is_marked_when_its_time_has_come(desk: Desk) -> None:
    soon = utc_now().replace(microsecond=0)
    job = Job("crawl", "acme", "p", Scope(expires=soon))
    desk.register(job, Actor("os:root"))
    desk.database.write_now(lambda c: c.execute("UPDATE jobs SET state = 'active'").rowcount)
    sweep = asyncio.create_task(expiring(desk, period=0.01))
    await until(lambda: desk.show("crawl").state is JobState.EXPIRED)
    await ended(sweep)


class Desked:
    """As much of a desk as a sweep asks."""

    def __init__(self, *answers: int | Exception) -> None:
        self.answers = list(answers)
        self.entered, self.go_on = threading.Event(), threading.Event()

    def expire_due(self) -> int:
        self.entered.set()
        assert self.go_on.wait(10)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_a_sweep_goes_on_until_nothing_is_left() -> None:
    desk = Desked(SWEPT, SWEPT, 3)
    desk.go_on.set()
    sweep = asyncio.create_task(expiring(desk, period=3_600))  # type: ignore[arg-type]
    await until(lambda: desk.answers == [])
    await ended(sweep)


async def test_one_that_fails_is_not_the_last(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desked(StateError("no room"), 0, *[0] * 1_000)
    desk.go_on.set()
    with caplog.at_level(logging.ERROR):
        sweep = asyncio.create_task(expiring(desk, period=0.01))  # type: ignore[arg-type]
        await until(lambda: len(desk.answers) < 1_000)
    await ended(sweep)
    assert "expiring jobs: no room" in caplog.text
    assert "Traceback" not in caplog.text


async def test_the_end_waits_for_what_is_under_way() -> None:
    desk = Desked(0)
    sweep = asyncio.create_task(expiring(desk))  # type: ignore[arg-type]
    await asyncio.to_thread(desk.entered.wait, 10)
    sweep.cancel()
    await asyncio.sleep(0)
    assert not sweep.done()
    desk.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await sweep
    assert desk.answers == []
