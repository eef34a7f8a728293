"""A fair line before workers: each job waits in a line of its own, and the lines take turns.

What waits is bounded in number and in bytes. When there is no room, the longest line makes some: its last one goes.
So a job that asks for much is refused itself, and takes no place from one that asks for little.

Heavy bodies take all workers but one while several jobs ask: what is quickly looked at does not wait for the end of
what takes long.
"""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

LATELY = 60.0  # seconds for which a job that asked counts as one that asks


class Crowded(Exception):
    """There is no room to wait in."""


@dataclass(eq=False, slots=True)
class _Waiting[T]:
    job: str
    size: int
    heavy: bool
    turn: asyncio.Future[T] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class FairLine[T]:
    """`places` and `room` (bytes) are for what waits; `heavy` is how many may work on heavy bodies at once."""

    def __init__(self, places: int, room: int, heavy: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._places, self._room, self._most_heavy, self._clock = places, room, heavy, clock
        self._free: list[T] = []  # the warmest last: it is the next
        self._at_heavy: set[T] = set()
        self._lines: OrderedDict[str, deque[_Waiting[T]]] = OrderedDict()  # the one whose turn it is first
        self._asked: OrderedDict[str, float] = OrderedDict()  # job -> when, the latest last
        self.waiting = 0
        self.waiting_bytes = 0

    @property
    def free(self) -> int:
        return len(self._free)

    async def take(self, job: str, size: int, *, heavy: bool = False) -> T:
        """Wait for a worker, to be `put` back or `drop`ped. Raises Crowded, also after a while of waiting."""
        self._note(job)
        waiting = _Waiting[T](job, size, heavy)
        self._lines.setdefault(job, deque()).append(waiting)
        self.waiting += 1
        self.waiting_bytes += size
        self._serve()
        while not waiting.turn.done() and (self.waiting > self._places or self.waiting_bytes > self._room):
            self._crowd_out(job)
        try:
            return await waiting.turn
        except asyncio.CancelledError:
            self._leave(waiting)
            if waiting.turn.done() and not waiting.turn.cancelled() and waiting.turn.exception() is None:
                self.put(waiting.turn.result())  # it came at the moment in which it was no more wanted
            raise

    def put(self, worker: T) -> None:
        """A worker that is ready, a new one or one that was taken."""
        self._at_heavy.discard(worker)
        self._free.append(worker)
        self._serve()

    def drop(self, worker: T) -> None:
        """One that was taken and does not come back."""
        self._at_heavy.discard(worker)
        self._serve()

    def drain(self) -> list[T]:
        """Those that nobody has."""
        free, self._free = self._free, []
        return free

    def _serve(self) -> None:
        while self._free and (waiting := self._next()) is not None:
            self._leave(waiting)
            if waiting.job in self._lines:
                self._lines.move_to_end(waiting.job)
            worker = self._free.pop()
            if waiting.heavy:
                self._at_heavy.add(worker)
            waiting.turn.set_result(worker)

    def _next(self) -> _Waiting[T] | None:
        full = len(self._at_heavy) >= self._most_heavy and self._several()
        for line in self._lines.values():
            for waiting in line:
                if not waiting.turn.done() and not (waiting.heavy and full):
                    return waiting
        return None

    def _crowd_out(self, job: str) -> None:
        """Of two lines as long as each other that of `job`, who came last, has to make room."""

        def length(name: str) -> tuple[int, bool]:
            line = self._lines[name]
            long = len(line) if self.waiting > self._places else sum(waiting.size for waiting in line)
            return long, name == job

        last = self._lines[max(self._lines, key=length)][-1]
        self._leave(last)
        if not last.turn.done():
            last.turn.set_exception(Crowded())

    def _leave(self, waiting: _Waiting[T]) -> None:
        line = self._lines.get(waiting.job)
        if line is None or waiting not in line:
            return
        line.remove(waiting)
        self.waiting -= 1
        self.waiting_bytes -= waiting.size
        if not line:
            del self._lines[waiting.job]

    def _note(self, job: str) -> None:
        now = self._clock()
        self._asked[job] = now
        self._asked.move_to_end(job)
        while self._asked and next(iter(self._asked.values())) < now - LATELY:
            self._asked.popitem(last=False)

    def _several(self) -> bool:
        return len(self._asked) > 1
