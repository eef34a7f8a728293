import asyncio
from dataclasses import dataclass

import pytest
from facegate.serve import leaving
from facegate.serve.leaving import until_left

MOST = 60.0


@dataclass
class Clients:
    """What a gateway says of them, as a test has it."""

    connected: int = 0
    unsent: int = 0


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "LOOK_SECONDS", 0.001)
    monkeypatch.setattr(leaving, "IDLE_SECONDS", 60.0)


async def ends(task: asyncio.Task[None]) -> None:
    async with asyncio.timeout(10):
        await task


async def lasts(task: asyncio.Task[None]) -> None:
    await asyncio.wait([task], timeout=0.05)
    assert not task.done()


async def test_it_ends_with_the_last_client_and_the_last_byte() -> None:
    clients = Clients(connected=1, unsent=1)
    waiting = asyncio.create_task(until_left(clients, [], asyncio.Event(), MOST))
    await lasts(waiting)
    clients.connected = 0
    await lasts(waiting)
    clients.unsent = 0
    await ends(waiting)


async def test_clients_that_ask_nothing_are_waited_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "IDLE_SECONDS", 0.02)
    under_way, clients = [1], Clients(connected=2)
    waiting = asyncio.create_task(until_left(clients, under_way, asyncio.Event(), MOST))
    await lasts(waiting)  # one of them waits for an answer
    under_way.clear()
    await ends(waiting)


async def test_it_ends_in_any_case() -> None:
    await ends(asyncio.create_task(until_left(Clients(connected=1), [1], asyncio.Event(), 0.01)))


async def test_a_stop_ends_it() -> None:
    stop = asyncio.Event()
    waiting = asyncio.create_task(until_left(Clients(connected=1), [1], stop, MOST))
    await lasts(waiting)
    stop.set()
    await ends(waiting)
