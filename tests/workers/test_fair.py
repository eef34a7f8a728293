import asyncio

import pytest
from facegate_addons.workers.fair import LATELY, Crowded, FairLine


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Crowd:
    """Bodies that wait in a line, by name; `served` has them in the order in which a worker came to them."""

    def __init__(self, line: FairLine[str]) -> None:
        self.line = line
        self.served: list[str] = []
        self.turned_away: list[str] = []
        self.tasks: dict[str, asyncio.Task[str]] = {}

    async def comes(self, *names: str, size: int = 1, heavy: bool = False) -> None:
        """A name begins with the letter of its job."""
        for name in names:
            self.tasks[name] = asyncio.create_task(self._wait(name, size, heavy))
            await self.settled()

    async def settled(self) -> None:
        for _ in range(3):
            await asyncio.sleep(0)

    async def _wait(self, name: str, size: int, heavy: bool) -> str:
        try:
            worker = await self.line.take(name[0], size, heavy=heavy)
        except Crowded:
            self.turned_away.append(name)
            return ""
        self.served.append(name)
        return worker


def crowd(places: int = 100, room: int = 1_000, heavy: int = 1, clock: Clock | None = None) -> Crowd:
    return Crowd(FairLine[str](places, room, heavy, clock or Clock()))


async def turns(it: Crowd, many: int) -> str:
    """One worker, put back again and again."""
    for _ in range(many):
        it.line.put("w")
        await it.settled()
    return " ".join(it.served)


async def test_jobs_take_turns():
    it = crowd()
    await it.comes("a1", "a2", "a3", "a4", "b1", "b2", "c1")
    assert await turns(it, 7) == "a1 b1 c1 a2 b2 a3 a4"
    assert (it.line.waiting, it.line.waiting_bytes) == (0, 0)


async def test_who_comes_later_is_next_but_one():
    it = crowd()
    await it.comes(*(f"a{number}" for number in range(50)))
    assert await turns(it, 2) == "a0 a1"
    await it.comes("b1")
    assert (await turns(it, 2)).split()[2:] == ["a2", "b1"]


async def test_a_free_worker_is_taken_at_once_and_the_warmest_first():
    it = crowd(places=0)
    it.line.put("cold")
    it.line.put("warm")
    assert it.line.free == 2
    assert [await it.line.take("a", 5_000), await it.line.take("a", 5_000)] == ["warm", "cold"]
    with pytest.raises(Crowded):
        await it.line.take("a", 1)


async def test_the_longest_line_makes_room():
    it = crowd(places=4)
    await it.comes("a1", "a2", "a3", "a4")
    await it.comes("a5")
    assert it.turned_away == ["a5"]
    await it.comes("b1")
    assert it.turned_away == ["a5", "a4"]
    await it.comes("b2")
    assert it.turned_away == ["a5", "a4", "a3"]
    await it.comes("b3")  # by now they are as long as each other
    assert it.turned_away == ["a5", "a4", "a3", "b3"]
    await it.comes("c1")
    assert it.turned_away == ["a5", "a4", "a3", "b3", "a2"]
    assert await turns(it, 4) == "a1 b1 c1 b2"


async def test_bytes_are_made_room_for_by_the_heaviest_line():
    it = crowd(room=100)
    await it.comes("a1", "a2", size=45)
    await it.comes("b1", "b2", size=2)
    await it.comes("b3", size=40)
    assert it.turned_away == ["a2"]
    assert it.line.waiting_bytes == 45 + 2 + 2 + 40
    await it.comes("c1", size=101)
    assert it.turned_away == ["a2", "c1"]


async def test_one_who_leaves_gives_room_and_takes_no_turn():
    it = crowd(places=2)
    await it.comes("a1", "b1")
    it.tasks["a1"].cancel()
    await it.settled()
    assert it.line.waiting == 1
    await it.comes("c1")
    assert it.turned_away == []
    assert await turns(it, 2) == "b1 c1"


async def test_a_worker_that_comes_at_the_moment_of_leaving_is_not_lost():
    it = crowd()
    await it.comes("a1")
    it.line.put("w")
    it.tasks["a1"].cancel()
    await it.settled()
    assert it.tasks["a1"].cancelled()
    assert it.line.free == 1


async def test_a_worker_that_comes_when_somebody_leaves_goes_to_the_next():
    it = crowd()
    await it.comes("a1", "a2")
    it.tasks["a1"].cancel()
    it.line.put("w")
    await it.settled()
    assert it.served == ["a2"]


async def test_one_who_is_crowded_out_and_leaves_at_once_is_only_gone():
    it = crowd(places=1)
    await it.comes("a1")
    newcomers = asyncio.create_task(it.line.take("a", 1))
    await asyncio.sleep(0)
    assert newcomers.done()
    assert isinstance(newcomers.exception(), Crowded)
    it.tasks["a1"].cancel()
    await it.settled()
    assert it.line.waiting == 0


async def test_heavy_bodies_leave_one_worker_to_others():
    it = crowd(heavy=1)
    await it.comes("b0")  # another job asks, too
    it.line.put("one")
    it.line.put("other")
    await it.comes("a1", "a2", heavy=True)
    assert it.served == ["b0", "a1"]
    it.line.put("one")  # what b0 had
    await it.settled()
    assert it.served == ["b0", "a1"]
    await it.comes("b1")
    assert it.served == ["b0", "a1", "b1"]
    it.line.put("other")  # what a1 had: another heavy one may go
    await it.settled()
    assert it.served == ["b0", "a1", "b1", "a2"]


async def test_what_is_light_passes_what_is_heavy_in_the_line_of_its_own_job():
    it = crowd(heavy=1)
    await it.comes("b0")
    it.line.put("one")
    it.line.put("other")
    await it.comes("a1", "a2", heavy=True)
    it.line.put("one")
    await it.comes("a3")
    assert it.served == ["b0", "a1", "a3"]


async def test_a_worker_that_died_over_a_heavy_body_makes_way_for_the_next():
    it = crowd(heavy=1)
    await it.comes("b0")
    it.line.put("one")
    it.line.put("other")
    await it.comes("a1", "a2", heavy=True)
    it.line.put("one")
    it.line.drop(it.tasks["a1"].result())
    await it.settled()
    assert it.served == ["b0", "a1", "a2"]


async def test_alone_a_job_has_all_workers():
    clock = Clock()
    it = crowd(heavy=1, clock=clock)
    await it.comes("b0")
    clock.now += LATELY + 1
    for worker in ("one", "other", "third"):
        it.line.put(worker)
    await it.comes("a1", "a2", heavy=True)
    assert it.served == ["b0", "a1", "a2"]


async def test_what_nobody_has_can_be_taken_away():
    it = crowd()
    it.line.put("one")
    assert it.line.drain() == ["one"]
    assert it.line.free == 0
