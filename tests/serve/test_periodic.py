import asyncio
import threading

import pytest
from facegate.errors import StateError
from facegate.serve.periodic import every


async def test_what_failed_is_one_line_and_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    done, calls = asyncio.Event(), []
    loop = asyncio.get_running_loop()

    def work() -> None:
        calls.append(threading.current_thread())
        if len(calls) == 1:
            raise StateError("the disk is full")
        loop.call_soon_threadsafe(done.set)

    task = asyncio.create_task(every(0.001, work, "sweeping"))
    async with asyncio.timeout(20):
        await done.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert threading.main_thread() not in calls
    assert caplog.messages == ["sweeping: the disk is full"]


async def test_a_stop_waits_for_what_is_under_way() -> None:
    begun, go_on, ended = asyncio.Event(), threading.Event(), []
    loop = asyncio.get_running_loop()

    def work() -> None:
        loop.call_soon_threadsafe(begun.set)
        ended.append(go_on.wait(20))

    task = asyncio.create_task(every(60, work, "sweeping"))
    async with asyncio.timeout(20):
        await begun.wait()
    task.cancel()
    loop.call_later(0.01, go_on.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == [True]
