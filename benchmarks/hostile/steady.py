"""The others: a job that asks for ordinary pages at a steady rate, whatever the hostile ones do meanwhile."""

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from benchmarks.gate.crawl import Connection, Load, percentile

RATE = 20.0  # pages a second: an eighth of what one core answers
CONNECTIONS = 8
WINDOW = 2.0  # seconds; a p99 is the worst but one of a hundred, so the median of several is told


@dataclass
class Steady:
    """Latencies count from when a page was due."""

    proxy: str
    url: str
    credentials: str  # as in Proxy-Authorization
    load: Load = field(default_factory=Load)

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[None]:
        due: asyncio.Queue[float] = asyncio.Queue()

        async def client() -> None:
            connection = Connection(self.proxy, self.load, [self.credentials])
            try:
                while True:
                    begun = await due.get()
                    connection.load = self.load
                    await connection.ask(self.url, fresh=True, begun=begun)
            finally:
                connection.close()

        async def clock() -> None:
            at = time.perf_counter()
            while True:
                due.put_nowait(at)
                at += 1 / RATE
                await asyncio.sleep(max(0.0, at - time.perf_counter()))

        tasks = [asyncio.create_task(client()) for _ in range(CONNECTIONS)] + [asyncio.create_task(clock())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def windows(self, until: asyncio.Event, least: int) -> "Windows":
        """`least` windows at any rate, and more until it is set."""
        found = Windows()
        while len(found.p99) < least or not until.is_set():
            self.load = load = Load()
            await asyncio.sleep(WINDOW)
            found.add(load)
        return found


@dataclass
class Windows:
    """Milliseconds, of one window each; `bad` has what was no page."""

    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    bad: Counter[str] = field(default_factory=Counter)

    def add(self, load: Load) -> None:
        self.bad.update(load.bad)
        none = WINDOW * 1000  # no page at all in so long
        self.p50.append(percentile(load, 0.5) if load.good else none)
        self.p99.append(percentile(load, 0.99) if load.good else none)

    @property
    def medians(self) -> tuple[float, float]:
        return statistics.median(self.p50), statistics.median(self.p99)
