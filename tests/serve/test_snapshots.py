import asyncio
import time
from collections.abc import Iterator

import pytest
from facegate.sections import State
from facegate.serve import snapshots
from facegate.serve.snapshots import due, snap, snapping
from facegate.shared.log import Log
from facegate.shared.node import log_opened
from facegate.shared.opened import open_state
from facegate.state.database import Database
from facegate.state.home import Home

DAY = 86_400


@pytest.fixture
def shared(home: Home, shared_state: State) -> Iterator[Database]:
    with open_state(home, shared_state) as database:
        yield database


@pytest.fixture
def log(home: Home, shared_state: State, shared: Database) -> Iterator[Log]:
    with log_opened(home, shared_state) as (log, _):
        yield log


def put(database: Database, name: str) -> None:
    database.write_now(lambda c: c.execute("INSERT INTO settings VALUES (?, '')", (name,)))


@pytest.mark.redis
def test_one_is_due_after_a_day_in_which_something_was_written(shared: Database, log: Log) -> None:
    assert not due(log, time.time() + 2 * DAY)
    put(shared, "one")
    assert not due(log, time.time())
    assert due(log, time.time() + DAY)


@pytest.mark.redis
async def test_or_after_much_was(
    shared: Database, log: Log, home: Home, shared_state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(shared, "one")
    assert not snap(home, shared_state)
    monkeypatch.setattr(snapshots, "MOST", 2)
    put(shared, "two")
    task = asyncio.create_task(snapping(home, shared_state, 0.01))
    async with asyncio.timeout(60):
        while await asyncio.to_thread(lambda: log.read(0).entries):
            pass
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert log.read(2).place.position == 2
    assert not due(log, time.time())
