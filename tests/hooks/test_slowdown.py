import asyncio

import pytest
from facegate_addons.hooks import slowdown
from facegate_addons.hooks.slowdown import Slowdown, source_of


class Clock:
    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def book(ports):
    return ports.book()


@pytest.fixture
def slow(book, clock):
    return Slowdown(book, lambda: 8.0, clock.sleep, clock)


async def test_each_failure_waits_longer(slow, clock):
    for _ in range(6):
        assert await slow.failed("192.0.2.1", "")
    assert await slow.failed("192.0.2.2", "")
    assert clock.slept == [1, 2, 4, 8, 8, 8, 1]


async def test_a_flood_is_a_few_lines(slow, book):
    for at in range(100):
        await slow.failed("192.0.2.1", "job" if at == 3 else "")
    assert [line["failures"] for line in book.lines] == [1, 2, 4, 8, 16, 32, 64]
    assert {line["address"] for line in book.lines} == {"192.0.2.1"}
    assert [line["job"] for line in book.lines][:4] == ["", "", "job", ""]
    assert {line["event"] for line in book.lines} == {"identity-refused"}


async def test_a_source_is_forgiven_in_time(slow, clock):
    for now in (0, 1, 1 + slowdown.WINDOW):
        clock.now = now
        await slow.failed("192.0.2.1", "")
    assert clock.slept == [1, 2, 1]


async def test_no_delay_where_there_is_to_be_none(book, clock):
    slow = Slowdown(book, lambda: 0.0, clock.sleep, clock)
    assert await slow.failed("192.0.2.1", "")
    assert (clock.slept, len(book.lines)) == ([], 1)


async def test_few_answers_are_held_back_at_once(book, clock, monkeypatch):
    monkeypatch.setattr(slowdown, "WAITING_MAX", 2)
    gate = asyncio.Event()

    async def sleep(_seconds: float) -> None:
        await gate.wait()

    slow = Slowdown(book, lambda: 8.0, sleep, clock)
    waiting = [asyncio.create_task(slow.failed("192.0.2.1", "")) for _ in range(2)]
    await asyncio.sleep(0)
    assert not await slow.failed("192.0.2.1", "")
    waiting[0].cancel()
    gate.set()
    assert await waiting[1]
    await asyncio.wait(waiting)
    assert await slow.failed("192.0.2.1", "")


async def test_memory_has_a_bound(slow, book, clock, monkeypatch):
    monkeypatch.setattr(slowdown, "SOURCES_MAX", 3)
    for at in (1, 2, 3, 1, 4, 1, 2):
        await slow.failed(f"192.0.2.{at}", "")
    assert len(slow) == 3
    assert clock.slept == [1, 1, 1, 2, 1, 4, 1]  # .2 was the one longest ago


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1:2", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
    ],
)
def test_sources(address, source):
    assert source_of(address) == source
