"""A time-out that costs nothing where nothing waits.

Most hooks could wait and hardly ever do: what they ask for is in memory. asyncio.timeout asks the event loop for a
timer all the same. Here a coroutine runs first up to where it really waits, in the task that it belongs to; only then
a timer is set. What never waits could not be cut off by a timer either.
"""

import asyncio
import types
from collections.abc import Coroutine, Generator
from typing import Any


async def cut_off_after[T](seconds: float, waiting: Coroutine[Any, Any, T]) -> T:
    """What `waiting` returns. Raises TimeoutError, as asyncio.timeout does, once it has waited for `seconds`."""
    try:
        awaited = waiting.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    async with asyncio.timeout(seconds):
        return await _resumed(waiting, awaited)


@types.coroutine
def _resumed[T](waiting: Coroutine[Any, Any, T], awaited: Any) -> Generator[Any, Any, T]:
    """The rest of a coroutine that has begun, and waits for `awaited`."""
    while True:
        try:
            try:
                sent = yield awaited
            except BaseException as error:  # noqa: BLE001 - it is the coroutine's, cancellation and close included
                awaited = waiting.throw(error)
            else:
                awaited = waiting.send(sent)
        except StopIteration as done:
            result: T = done.value
            return result
