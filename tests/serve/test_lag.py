import asyncio
import time

from facegate.serve.lag import EVERY, LoopLag

BLOCKED = 0.3


async def test_a_turn_that_blocks_the_loop_is_seen_once() -> None:
    lag = LoopLag()
    watching = asyncio.create_task(lag.watch())
    await asyncio.sleep(0)
    time.sleep(BLOCKED)  # noqa: ASYNC251 - the very thing
    await asyncio.sleep(EVERY)
    assert lag.taken() >= BLOCKED - EVERY - 0.01
    assert lag.taken() < BLOCKED - EVERY
    watching.cancel()
