"""Single flight: who asks for what is under way waits for it, and it is done once."""

import asyncio
from collections.abc import Awaitable, Callable


class Lost(Exception):
    """What was waited for was given up by somebody else."""


class _Flight[V]:
    def __init__(self, task: asyncio.Future[V]) -> None:
        self.task = task
        self.waiting = 0


class Flights[K, V]:
    """What is under way ends when nobody waits for it any more; one who leaves takes nobody along."""

    def __init__(self) -> None:
        self._under_way: dict[K, _Flight[V]] = {}

    def __len__(self) -> int:
        return len(self._under_way)

    def __contains__(self, key: K) -> bool:
        flight = self._under_way.get(key)
        return flight is not None and not flight.task.done()

    async def join(self, key: K, begin: Callable[[], Awaitable[V]]) -> V:
        """What `begin` gives, or raises, to everybody who joins before it has ended. Raises Lost when that was
        cancelled, and not by the one who waits here."""
        flight = self._under_way.get(key)
        if flight is None or flight.task.done():
            flight = self._under_way[key] = _Flight(asyncio.ensure_future(begin()))
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        except asyncio.CancelledError:
            if flight.task.cancelled() and not _cancelled():
                raise Lost from None
            raise
        finally:
            flight.waiting -= 1
            if flight.task.done() or not flight.waiting:
                if self._under_way.get(key) is flight:
                    del self._under_way[key]  # first: who comes now begins anew
                flight.task.cancel()


def _cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
