"""What reloads lose, and what they take: requests before, while and after each gateway process gets a successor.

Four kinds of clients ask all the time. A request counts as lost where no whole answer came, or none that is documented.
"""

import asyncio
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import click

from benchmarks import proxies
from benchmarks.gate import origin
from benchmarks.gate.processes import footprint

PAUSE = 4.0  # seconds at most between two requests of a client that keeps its connection; a reload waits for 10
GOOD = {"page": "200", "face": "451"}

type Ask = Callable[[], Awaitable[str]]


@dataclass
class Clients:
    """Those of one proxy. `told` counts answers by kind of client and status, and what was lost."""

    proxy: str
    base: str  # of the origin
    told: Counter[str] = field(default_factory=Counter)
    parted: int = 0  # times that a client was told to ask elsewhere

    async def run(self, stop: asyncio.Event, each: int) -> None:
        """Until `stop` is set; so many of each kind."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(each):
                for kind in (self.fresh, self.face, self.late, self.kept):
                    tasks.create_task(kind(stop))

    async def fresh(self, stop: asyncio.Event) -> None:
        """A connection for each request."""
        while not stop.is_set():
            await self._asked("fresh", "page", 0.0)
            await asyncio.sleep(random.uniform(0, 0.05))

    async def face(self, stop: asyncio.Event) -> None:
        """Likewise, for a picture that is withheld."""
        while not stop.is_set():
            await self._asked("face", "face", 0.0)
            await asyncio.sleep(random.uniform(0, 0.2))

    async def late(self, stop: asyncio.Event) -> None:
        """Likewise, and asks a while after it has connected."""
        while not stop.is_set():
            await self._asked("late", "page", random.uniform(0, PAUSE))

    async def kept(self, stop: asyncio.Event) -> None:
        """Keeps its connection until it is told to ask elsewhere."""
        link: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        while not stop.is_set():
            try:
                link = link or await self._connected()
                status, last = await _answer(*link, self._request("page", keep=True))
                self._count("kept", "page", status)
            except (OSError, EOFError) as error:
                self._count("kept", "page", type(error).__name__)
                last = True
            if last and link is not None:
                link[1].close()
                link = None
                self.parted += 1
            await asyncio.sleep(random.choice((0, 0.01, random.uniform(0, PAUSE))))
        if link is not None:
            link[1].close()

    @property
    def lost(self) -> int:
        return sum(count for what, count in self.told.items() if "lost" in what)

    async def _asked(self, kind: str, body: str, pause: float) -> None:
        try:
            reader, writer = await self._connected()
            try:
                await asyncio.sleep(pause)
                status, _last = await _answer(reader, writer, self._request(body, keep=False))
            finally:
                writer.close()
            self._count(kind, body, status)
        except (OSError, EOFError) as error:
            self._count(kind, body, type(error).__name__)

    def _count(self, kind: str, body: str, told: str) -> None:
        self.told[f"{kind} {told}" if told == GOOD[body] else f"{kind} lost: {told}"] += 1

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        address = urlsplit(self.proxy)
        return await asyncio.open_connection(address.hostname, address.port)

    def _request(self, body: str, *, keep: bool) -> bytes:
        more = "" if keep else "Connection: close\r\n"
        return f"GET {self.base}/{body} HTTP/1.1\r\nHost: {urlsplit(self.base).netloc}\r\n{more}\r\n".encode()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> tuple[str, bool]:
    """The status, and whether it is the last answer there. Raises OSError, EOFError."""
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    fields = dict(line.split(": ", 1) for line in head.strip().split("\r\n")[1:])
    await reader.readexactly(int(fields.get("content-length", 0)))
    return head.split(" ", 2)[1], fields.get("connection") == "close"


@dataclass(frozen=True, slots=True)
class Reload:
    seconds: float
    memory: float  # the most that all processes had of their own, as a multiple of what they had before
    state: str


async def reloaded(proxy: proxies.Proxy) -> Reload:
    """One, by the command."""
    began, before = time.monotonic(), footprint(proxy.pid).uss
    argv = ["-m", "facegate.cli", "reload", "--json", "--home", str(proxy.home)]
    process = await asyncio.create_subprocess_exec(sys.executable, *argv, stdout=asyncio.subprocess.PIPE)
    asking = asyncio.create_task(process.communicate())
    most = before
    while not asking.done():
        await asyncio.wait([asking], timeout=0.5)
        most = max(most, (await asyncio.to_thread(footprint, proxy.pid)).uss)
    said, _ = await asking
    return Reload(time.monotonic() - began, most / before, json.loads(said)["state"])


async def measured(clients: Clients, proxy: proxies.Proxy, reloads: int, each: int) -> list[Reload]:
    stop = asyncio.Event()
    asking = asyncio.create_task(clients.run(stop, each))
    try:
        return [await reloaded(proxy) for _ in range(reloads)]
    finally:
        stop.set()
        await asking


def report(clients: Clients, found: list[Reload]) -> str:
    lines = ["| reload | seconds | memory, most of it as a multiple of before | |", "|---|---|---|---|"]
    lines += [f"| {number} | {it.seconds:.1f} | {it.memory:.2f} | {it.state} |" for number, it in enumerate(found, 1)]
    told = ", ".join(f"{what}: {count:,}" for what, count in sorted(clients.told.items()))
    lost = f"{clients.lost:,} of {clients.told.total():,} requests were lost ({told}); "
    return "\n".join(lines) + f"\n\n{lost}clients were told {clients.parted:,} times to ask elsewhere."


@click.command(help=__doc__)
@click.option("--reloads", default=4, show_default=True)
@click.option("--clients", "each", default=8, show_default=True, help="Of each kind.")
@click.option("--workers", default=2, show_default=True, help="Gateway processes.")
def main(reloads: int, each: int, workers: int) -> None:
    options = ("--workers", str(workers), "--inspectors", "1")
    with origin.running() as base, proxies.facegate(*options) as proxy:
        clients = Clients(proxy.url, base)
        found = asyncio.run(measured(clients, proxy, reloads, each))
    click.echo(report(clients, found))
    if clients.lost or any(it.state != "done" for it in found):
        raise click.ClickException("requests were lost, or a reload was not done")


if __name__ == "__main__":
    main()
