import asyncio
from collections.abc import Awaitable, Callable

import pytest
from facegate_addons.hooks.waiting import cut_off_after


class Timers(asyncio.SelectorEventLoop):
    """Counts the timers that it is asked for."""

    asked = 0

    def call_at(self, *arguments: object, **how: object) -> asyncio.TimerHandle:
        self.asked += 1
        return super().call_at(*arguments, **how)  # type: ignore[arg-type]


def timers_of(waiting: Callable[[], Awaitable[object]]) -> int:
    async def run() -> None:
        await waiting()

    with asyncio.Runner(loop_factory=Timers) as runner:
        runner.run(run())
        loop = runner.get_loop()
        assert isinstance(loop, Timers)
        return loop.asked


async def at_once() -> str:
    return "done"


async def later() -> str:
    await asyncio.sleep(0)
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_result, "done")
    return str(await future)


async def never() -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("waiting", [at_once, later])
async def test_it_returns_what_the_coroutine_does(waiting: Callable[[], Awaitable[str]]) -> None:
    assert await cut_off_after(5, waiting()) == "done"  # type: ignore[arg-type]


def test_only_what_waits_costs_a_timer() -> None:
    assert timers_of(lambda: cut_off_after(5, at_once())) == 0
    assert timers_of(lambda: cut_off_after(5, later())) == 1


async def test_what_waits_too_long_is_cut_off() -> None:
    with pytest.raises(TimeoutError):
        await cut_off_after(0.01, never())


async def test_an_outer_time_out_is_told_from_an_inner_one() -> None:
    async def inner() -> str:
        try:
            async with asyncio.timeout(0.01):
                await never()
        except TimeoutError:
            await asyncio.sleep(0)
            return "inner"
        return "never"

    assert await cut_off_after(5, inner()) == "inner"

    async def patient() -> None:
        async with asyncio.timeout(5):
            await never()

    with pytest.raises(TimeoutError):
        await cut_off_after(0.01, patient())


@pytest.mark.parametrize("before", [True, False])
async def test_an_exception_passes(before: bool) -> None:
    async def fails() -> None:
        if not before:
            await asyncio.sleep(0)
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - it has no text
        await cut_off_after(5, fails())


async def test_a_cancellation_reaches_the_coroutine_and_then_its_task() -> None:
    seen, begun = [], asyncio.Event()

    async def tidy() -> None:
        begun.set()
        try:
            await never()
        finally:
            await asyncio.sleep(0)  # a wait of its own, while it ends
            seen.append("tidied")

    task = asyncio.create_task(cut_off_after(5, tidy()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen == ["tidied"]


async def test_it_runs_in_one_task_from_beginning_to_end() -> None:
    async def where() -> tuple[object, object]:
        before = asyncio.current_task()
        await asyncio.sleep(0)
        return before, asyncio.current_task()

    assert await cut_off_after(5, where()) == (asyncio.current_task(),) * 2


async def test_closing_it_closes_the_coroutine() -> None:
    closed = []

    async def tidy() -> None:
        try:
            await never()
        finally:
            closed.append(True)

    running = cut_off_after(5, tidy())
    running.send(None)
    running.close()
    assert closed == [True]
