import asyncio

import pytest
from facegate_addons.verdicts.flight import Flights, Lost


class Look:
    """Begun once a flight, held until `free`."""

    def __init__(self, outcome: object = "seen") -> None:
        self.outcome = outcome
        self.begun = self.ended = 0
        self.free = asyncio.Event()

    async def __call__(self) -> object:
        self.begun += 1
        try:
            await self.free.wait()
        finally:
            self.ended += 1
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


async def joined(flights: Flights, look: Look, many: int) -> list[asyncio.Task]:
    tasks = [asyncio.create_task(flights.join("a", look)) for _ in range(many)]
    await asyncio.sleep(0)  # each is waiting now
    return tasks


@pytest.fixture(params=["lazy", "eager"])
async def flights(request):
    """mitmproxy's event loop begins tasks at once."""
    loop = asyncio.get_running_loop()
    loop.set_task_factory(asyncio.eager_task_factory if request.param == "eager" else None)
    yield Flights()
    loop.set_task_factory(None)


async def test_a_hundred_who_ask_at_once_are_answered_by_one_look(flights):
    look = Look()
    tasks = await joined(flights, look, 100)
    look.free.set()
    assert await asyncio.gather(*tasks) == ["seen"] * 100
    assert look.begun == 1
    assert not len(flights)


async def test_who_comes_later_begins_anew(flights):
    look = Look()
    look.free.set()
    assert [await flights.join("a", look) for _ in range(3)] == ["seen"] * 3
    assert look.begun == 3


async def test_others_are_no_concern_of_each_other(flights):
    one, other = Look(1), Look(2)
    waiting = asyncio.create_task(flights.join("a", one))
    other.free.set()
    assert await flights.join("b", other) == 2
    one.free.set()
    assert await waiting == 1


@pytest.mark.parametrize("who", [0, 1])
async def test_one_who_leaves_takes_nobody_along(flights, who):
    """Neither the first, who began it, nor another."""
    look = Look()
    tasks = await joined(flights, look, 3)
    tasks[who].cancel()
    with pytest.raises(asyncio.CancelledError):
        await tasks[who]
    look.free.set()
    assert [await task for number, task in enumerate(tasks) if number != who] == ["seen"] * 2
    assert look.begun == 1


async def test_what_nobody_waits_for_ends_and_who_comes_then_begins_anew(flights):
    look, other = Look(), Look("seen anew")
    tasks = await joined(flights, look, 3)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    other.free.set()
    assert await flights.join("a", other) == "seen anew"
    assert (look.begun, look.ended, other.begun) == (1, 1, 1)
    assert not len(flights)


async def test_all_hear_of_a_failure_and_the_next_tries_again(flights):
    look = Look(RuntimeError("broken"))
    tasks = await joined(flights, look, 3)
    look.free.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [RuntimeError] * 3
    look.outcome = "seen"
    assert await flights.join("a", look) == "seen"


@pytest.mark.timeout(30)
async def test_a_look_that_was_cancelled_from_within_leaves_nobody_hanging(flights):
    async def gives_up() -> None:
        await asyncio.sleep(0)
        raise asyncio.CancelledError

    tasks = [asyncio.create_task(flights.join("a", gives_up)) for _ in range(2)]
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Lost] * 2
    assert not len(flights)
