"""Ten times what the gateway can look at, for a while: is everybody told at once, does nothing pass, and what is left?

What it can do is measured first, by clients that ask as fast as answers come. Then one job is asked for ten times as
much, over more connections than there is room for bodies; a tenth of it is pictures with a face. Another job asks for a
page now and then.
"""

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.gate.crawl import Connection, Load
from benchmarks.hostile.gate import Gate
from benchmarks.hostile.watch import descriptors, resident

TIMES = 10
CONNECTIONS = 256
FACES = 10  # of a hundred requests
ABLE = 8  # connections that find out what it can do
ABLE_SECONDS = 8.0
REFUSED = 2.0  # seconds within which a 503 has to come
RECOVERED = 10.0  # seconds after which pages pass again as before
FLAT = 64e6  # bytes by which memory may grow in the last two thirds
OTHERS = 0.5  # seconds between two pages of the other job
EVERY = 1.0  # seconds between two looks at memory
KNOWN = {"200", "451 faces", "503 overloaded"}
CALM = 3  # pages in a row that pass as fast as before: recovered


@dataclass
class Overload:
    """Seconds and bytes. `able`: pictures a second before; `told`: answers by status; `refused`: how long each 503
    took; `memory`: of all processes, each second."""

    able: float = 0.0
    seconds: float = 0.0
    asked: int = 0
    told: Counter[str] = field(default_factory=Counter)
    past: int = 0
    refused: list[float] = field(default_factory=list)
    passed: list[float] = field(default_factory=list)
    others: list[float] = field(default_factory=list)
    others_told: Counter[str] = field(default_factory=Counter)
    memory: list[int] = field(default_factory=list)
    descriptors: tuple[int, int] = (0, 0)
    recovery: float = 0.0
    wrong: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)

    @property
    def growth(self) -> float:
        """Bytes in the last two thirds, by least squares."""
        settled = self.memory[len(self.memory) // 3 :]
        if len(settled) < 2:
            return 0.0
        return statistics.linear_regression(range(len(settled)), settled).slope * len(settled)


async def ask(connection: Connection, url: str) -> tuple[str, float]:
    """Status with the reason, and seconds."""
    connection.load = load = Load()
    began = time.perf_counter()
    await connection.ask(url, fresh=True, begun=began)
    return next(iter(load.statuses)), time.perf_counter() - began


async def overload(gate: Gate, pages: str, seconds: float) -> Overload:
    it = Overload()
    hostile, steady = (each.partition(": ")[2] for each in (gate.hostile, gate.steady))
    pid = gate.gateway.pid
    it.able = await able(gate.proxy, f"{pages}/photo", hostile)
    quiet = await alone(gate.proxy, f"{pages}/page", steady, 10)
    before = descriptors(pid)
    began = time.perf_counter()
    until = began + seconds
    due: asyncio.Queue[bool] = asyncio.Queue(CONNECTIONS)

    async def clock() -> None:
        number = 0
        while time.perf_counter() < until:
            while number < (time.perf_counter() - began) * it.able * TIMES:
                number += 1
                if not due.full():  # else nobody is free to ask: not offered
                    due.put_nowait(number % 100 < FACES)
            await asyncio.sleep(0.01)

    async def client() -> None:
        connection = Connection(gate.proxy, Load(), [hostile])
        try:
            while True:
                face = await due.get()
                it.asked += 1
                told, took = await ask(connection, f"{pages}/{'face' if face else 'photo'}")
                it.told[told] += 1
                it.past += face and told == "200"
                (it.refused if told.startswith("503") else it.passed).append(took)
        finally:
            connection.close()

    async def other() -> None:
        connection = Connection(gate.proxy, Load(), [steady])
        try:
            while True:
                told, took = await ask(connection, f"{pages}/page")
                it.others_told[told] += 1
                it.others.append(took)
                await asyncio.sleep(OTHERS)
        finally:
            connection.close()

    async def memory() -> None:
        while True:
            it.memory.append(await asyncio.to_thread(resident, pid))
            await asyncio.sleep(EVERY)

    tasks = [asyncio.create_task(client()) for _ in range(CONNECTIONS)]
    tasks += [asyncio.create_task(other()), asyncio.create_task(memory())]
    await clock()
    it.seconds = time.perf_counter() - began
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    it.recovery = await recovered(gate.proxy, f"{pages}/page", steady, quiet)
    it.descriptors = before, await asyncio.to_thread(descriptors, pid)
    judge(it)
    return it


async def able(proxy: str, url: str, credentials: str) -> float:
    """Pictures a second, at most."""
    until, done = time.perf_counter() + ABLE_SECONDS, 0

    async def client() -> None:
        nonlocal done
        connection = Connection(proxy, Load(), [credentials])
        while time.perf_counter() < until:
            told, _ = await ask(connection, url)
            done += told == "200"
        connection.close()

    await asyncio.gather(*(client() for _ in range(ABLE)))
    return done / ABLE_SECONDS


async def alone(proxy: str, url: str, credentials: str, count: int) -> float:
    """Median seconds of a page when nobody else asks."""
    connection = Connection(proxy, Load(), [credentials])
    took = [(await ask(connection, url))[1] for _ in range(count)]
    connection.close()
    return statistics.median(took)


async def recovered(proxy: str, url: str, credentials: str, quiet: float) -> float:
    """Seconds until some pages in a row pass in twice the time that they take in quiet; twice the bound if never."""
    began, row = time.perf_counter(), 0
    connection = Connection(proxy, Load(), [credentials])
    while row < CALM and time.perf_counter() < began + 2 * RECOVERED:
        told, took = await ask(connection, url)
        row = row + 1 if told == "200" and took < max(2 * quiet, 0.1) else 0
    connection.close()
    return time.perf_counter() - began


def judge(it: Overload) -> None:
    if it.past:
        it.wrong.append(f"{it.past} pictures with a face passed")
    if other := {*it.told, *it.others_told} - KNOWN:
        it.wrong.append(f"ended as {', '.join(sorted(other))}")
    if it.growth > FLAT:
        it.wrong.append(f"memory grew by {it.growth / 1e6:.0f} MB")
    if max(it.refused, default=0.0) > REFUSED:
        it.late.append("503")
    if it.recovery > RECOVERED:
        it.late.append("recovery")


def told(it: Overload) -> dict[str, object]:
    """For JSON; dataclasses.asdict makes another Counter of pairs."""
    return {name: dict(value) if isinstance(value, Counter) else value for name, value in vars(it).items()}


def table(it: Overload) -> str:
    settled = it.memory[len(it.memory) // 3 :] or [0]
    told = ", ".join(f"{count:,} x {what}" for what, count in it.told.most_common())
    lines = [
        "| | measured | bound |",
        "|---|---|---|",
        f"| pictures a second that it can look at | {it.able:.0f} | |",
        f"| offered for {it.seconds / 60:.1f} minutes, over {CONNECTIONS} connections | "
        f"{it.able * TIMES:.0f} a second; asked {it.asked / it.seconds:.0f} | |",
        f"| answers | {told} | |",
        f"| looked at, a second | {(it.told['200'] + it.told['451 faces']) / it.seconds:.0f} | |",
        f"| pictures with a face that passed | {it.past} | 0 |",
        f"| time to a 503, p50, p99, most | {_spread(it.refused)} | {REFUSED:.0f} s |",
        f"| time to any other answer, p50, p99, most | {_spread(it.passed)} | |",
        f"| the other job's pages | {', '.join(f'{c} x {w}' for w, c in it.others_told.most_common())}; "
        f"{_spread(it.others)} | |",
        f"| until pages pass as before | {it.recovery:.1f} s | {RECOVERED:.0f} s |",
        f"| memory, settled: lowest to highest | {min(settled) / 1e6:.0f} to {max(settled) / 1e6:.0f} MB; grew by "
        f"{it.growth / 1e6:+.0f} MB | {FLAT / 1e6:.0f} MB |",
        f"| descriptors before and after | {it.descriptors[0]}, {it.descriptors[1]} | |",
    ]
    over = [*it.wrong, *(f"late: {what}" for what in it.late)]
    return "\n".join(lines) + (
        f"\n\n**Over a bound: {'; '.join(over)}**" if over else "\n\nEverything is within its bound."
    )


def _spread(seconds: Sequence[float]) -> str:
    if not seconds:
        return "none"
    ordered = sorted(seconds)
    p50, p99 = (ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.99))
    return f"{p50:.2f}, {p99:.2f}, {ordered[-1]:.2f} s"
