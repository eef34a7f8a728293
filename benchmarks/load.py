"""A load client that speaks to a forward proxy: keep-alive connections, one request after the other on each."""

import asyncio
import itertools
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

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


async def drive(proxy: str, url: str, *, connections: int, seconds: float, numbers: "itertools.count[int]") -> Load:
    """GET `url?N` through `proxy` for `seconds`, N from `numbers` so that no two requests are for the same thing."""
    load = Load()
    started = time.perf_counter()
    until = started + seconds
    await asyncio.gather(*(_connection(proxy, url, until, numbers, load) for _ in range(connections)))
    load.seconds = time.perf_counter() - started
    return load


async def _connection(proxy: str, url: str, until: float, numbers: "itertools.count[int]", load: Load) -> None:
    parts = urlsplit(proxy)
    host = urlsplit(url).netloc
    while time.perf_counter() < until:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            while (begun := time.perf_counter()) < until:
                writer.write(f"GET {url}?{next(numbers)} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
                async with asyncio.timeout(PATIENCE):
                    status, stays = await _reply(reader)
                load.statuses[status] += 1
                if status == "200":
                    load.latencies.append(time.perf_counter() - begun)
                if not stays:
                    break
        except (OSError, EOFError, TimeoutError, ValueError):
            load.statuses["broken"] += 1
        finally:
            writer.close()


async def _reply(reader: asyncio.StreamReader) -> tuple[str, bool]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    lines = head.split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    await reader.readexactly(int(headers["content-length"]))  # both proxies announce it for a buffered body
    status = lines[0].split(" ", 2)[1]
    reason = headers.get("facegate-reason")
    return (status if status == "200" or not reason else f"{status} {reason}"), headers.get("connection") != "close"
