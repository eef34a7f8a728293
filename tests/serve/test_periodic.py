import asyncio
import threading

import pytest
from facegate.errors import StateError
from facegate.serve import periodic
from facegate.serve.periodic import every


@pytest.mark.parametrize(
    ("error", "told"),
    [(StateError("the disk is full"), "the disk is full"), (MemoryError("its words"), "MemoryError")],
)
async def test_what_failed_is_one_line_and_is_tried_again(
    error: Exception, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    done, calls = asyncio.Event(), []
    loop = asyncio.get_running_loop()

    def work() -> None:
        calls.append(threading.current_thread())
        if len(calls) == 1:
            raise error
        loop.call_soon_threadsafe(done.set)

    task = asyncio.create_task(every(0.001, work, "sweeping"))
    async with asyncio.timeout(20):
        await done.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert threading.main_thread() not in calls
    assert caplog.messages == [f"sweeping: {told}"]


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


async def test_what_does_not_end_is_told(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(periodic, "LATE_SECONDS", 0.01)
    go_on = threading.Event()
    task = asyncio.create_task(every(60, lambda: go_on.wait(20), "sweeping"))
    async with asyncio.timeout(20):
        while not caplog.messages:  # noqa: ASYNC110 - the log has no event
            await asyncio.sleep(0.005)
    task.cancel()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert caplog.messages == ["sweeping: has not ended for 0 s; does a disk hang?"]
