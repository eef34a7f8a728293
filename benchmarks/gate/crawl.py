"""A load client that speaks to a forward proxy: keep-alive connections, one request after the other on each."""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_numbers = itertools.count(1)  # no two fresh requests of one run are for the same thing
PATIENCE = 60.0  # seconds for one reply; a proxy that hangs must not hang the benchmark


@dataclass
class Load:
    """What came of one run. `latencies` are seconds, of good replies only."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)  # "200", "451 faces", "broken"

    @property
    def good(self) -> int:
        return len(self.latencies)

    @property
    def rate(self) -> float:
        """Good replies a second."""
        return self.good / self.seconds if self.seconds else 0.0

    @property
    def bad(self) -> dict[str, int]:
        return {status: count for status, count in self.statuses.items() if status != "200"}


def percentile(load: Load, share: float) -> float:
    """Of the latencies, in milliseconds; NaN where there are none."""
    ordered = sorted(load.latencies)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else float("nan")


async def drive(
    proxy: str, url: str, *, connections: int, seconds: float, fresh: bool, credentials: Sequence[str] = ()
) -> Load:
    """As fast as the answers come: GET `url?MARK` through `proxy`, on each connection one after the other."""
    load = Load()
    started = time.perf_counter()
    until = started + seconds

    async def crawl(connection: Connection) -> None:
        while time.perf_counter() < until:
            await connection.ask(url, fresh=fresh, begun=time.perf_counter())

    await asyncio.gather(*(_with(Connection(proxy, load, credentials), crawl) for _ in range(connections)))
    load.seconds = time.perf_counter() - started
    return load


async def paced(proxy: str | None, url: str, *, connections: int, seconds: float, rate: float) -> Load:
    """`rate` requests a second, whether the answers come or not: latencies count from when a request was due. Through
    no proxy at all with None."""
    load = Load()
    due: asyncio.Queue[float | None] = asyncio.Queue()
    started = time.perf_counter()

    async def crawl(connection: Connection) -> None:
        while (begun := await due.get()) is not None:
            await connection.ask(url, fresh=True, begun=begun)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(connections):
            tasks.create_task(_with(Connection(proxy, load), crawl))
        for number in range(int(rate * seconds)):
            at = started + number / rate
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            due.put_nowait(at)
        for _ in range(connections):
            due.put_nowait(None)
    load.seconds = time.perf_counter() - started
    return load


async def _with(connection: "Connection", crawl: Callable[["Connection"], Awaitable[None]]) -> None:
    try:
        await crawl(connection)
    finally:
        connection.close()


class Connection:
    """One to the proxy, opened again where it was closed."""

    def __init__(self, proxy: str | None, load: Load, credentials: Sequence[str] = ()) -> None:
        self._proxy = proxy
        self._heads = itertools.cycle([f"Proxy-Authorization: {each}\r\n" for each in credentials] or [""])
        self.load = load
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, url: str, *, fresh: bool, begun: float) -> None:
        parts = urlsplit(url)
        target = f"{url if self._proxy else parts.path}?{next(_numbers) if fresh else 'same'}"
        try:
            if self._open is None:
                to = urlsplit(self._proxy) if self._proxy else parts
                self._open = await asyncio.open_connection(to.hostname, to.port)
            reader, writer = self._open
            writer.write(f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\n{next(self._heads)}\r\n".encode())
            async with asyncio.timeout(PATIENCE):
                status, stays = await _reply(reader)
        except (OSError, EOFError, TimeoutError, ValueError):
            status, stays = "broken", False
        self.load.statuses[status] += 1
        if status == "200":
            self.load.latencies.append(time.perf_counter() - begun)
        if not stays:
            self.close()

    def close(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None


async def _reply(reader: asyncio.StreamReader) -> tuple[str, bool]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    lines = head.split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    await reader.readexactly(int(headers["content-length"]))  # both proxies announce it for a buffered body
    status = lines[0].split(" ", 2)[1]
    reason = headers.get("facegate-reason")
    return (status if status == "200" or not reason else f"{status} {reason}"), headers.get("connection") != "close"
