import asyncio
import time

from scrapy_facegate import pauses
from scrapy_facegate.pauses import Pauses


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_slot_waits_as_long_as_was_asked_and_others_do_not() -> None:
    clock = Clock()
    waits = Pauses(60, clock)
    assert waits.begin("slow.example", 5.0, 1) == 5.0
    assert (waits.left("slow.example"), waits.left("other.example")) == (5.0, 0.0)
    clock.now += 4
    assert waits.left("slow.example") == 1.0
    clock.now += 1
    assert waits.left("slow.example") == 0.0


def test_each_attempt_waits_longer_up_to_the_longest() -> None:
    waits = Pauses(30, Clock())
    assert [waits.begin("a", 2.0, attempt) for attempt in range(1, 8)] == [2, 2, 4, 8, 16, 30, 30]
    assert waits.begin("a", 86_400.0, 1) == 30
    assert waits.begin("a", None, 1) == pauses.FIRST


def test_a_shorter_answer_does_not_cut_a_longer_one() -> None:
    waits = Pauses(60, Clock())
    waits.begin("a", 20.0, 1)
    waits.begin("a", 2.0, 1)
    assert waits.left("a") == 20.0


def test_slots_whose_time_is_over_are_forgotten() -> None:
    clock = Clock()
    waits = Pauses(60, clock)
    for number in range(pauses.MOST_SLOTS):
        waits.begin(f"{number}.example", 1.0, 1)
    clock.now += 2
    waits.begin("new.example", 1.0, 1)
    assert list(waits._until) == ["new.example"]


async def test_sleeping_lets_the_loop_go_on() -> None:
    begun = time.monotonic()
    await asyncio.gather(*(pauses.sleep(0.05) for _ in range(20)))
    assert 0.05 <= time.monotonic() - begun < 1.0  # and not one after the other
