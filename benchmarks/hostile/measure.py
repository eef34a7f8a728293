"""One hostile thing at a time, beside the ordinary load: what came of it, and what it cost the others."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.hostile.attack import Answer
from benchmarks.hostile.steady import WINDOW, Steady, Windows
from benchmarks.hostile.watch import REPORTS, Watch

MEMORY = 1536 << 20  # bytes of all processes of the gateway
LAG = 0.25  # seconds that its event loop may be late
OTHERS = 2.0  # times: the p99 of the others beside what it is in quiet
LONGEST = (
    46.0  # seconds beyond limits.response: to wait for a worker, to be looked at (limits.seconds each), to be told
)
WINDOWS = 2  # of steady.WINDOW seconds that a case lasts at least
ATTACKERS = 2  # that ask at once: as many as there are workers

type Ask = Callable[[], Awaitable[Answer]]


@dataclass
class Row:
    """Seconds and bytes; `p50` and `p99` are milliseconds of the others, as medians of windows, `quiet` their p99
    before it."""

    group: str
    name: str
    answers: list[Answer] = field(default_factory=list)
    peak: int = 0
    lag: float = 0.0
    p50: float = 0.0
    p99: float = 0.0
    quiet: float = 0.0
    bad: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)  # bounds that were violated
    late: list[str] = field(default_factory=list)  # those of them that a busy machine violates, too

    @property
    def outcomes(self) -> Counter[str]:
        return Counter(f"{each.status or '-'} {each.reason}" for each in self.answers)

    @property
    def slowest(self) -> float:
        return max((each.seconds for each in self.answers), default=0.0)


@dataclass
class Bench:
    """`response`: limits.response of the gateway, in seconds."""

    steady: Steady
    watch: Watch
    response: float
    stack: AsyncExitStack
    least: int = WINDOWS  # windows of a case

    async def begin(self) -> None:
        watching = asyncio.create_task(self.watch.watch())
        self.stack.callback(watching.cancel)
        await self.stack.enter_async_context(self.steady.asking())
        await self.quiet()  # the first of everything

    async def quiet(self, windows: int = WINDOWS) -> Windows:
        over = asyncio.Event()
        over.set()
        return await self.steady.windows(over, windows)

    async def run(self, group: str, name: str, ask: Ask, expected: Collection[str], attackers: int = ATTACKERS) -> Row:
        """So many ask again and again for two windows; a round that takes longer is waited for."""
        row = Row(group, name)
        row.quiet = (await self.quiet(1)).medians[1]
        self.watch.begin()
        enough, over = asyncio.Event(), asyncio.Event()

        async def attacker() -> None:
            while True:
                row.answers.append(await ask())
                if enough.is_set():
                    return

        windows = asyncio.create_task(self.steady.windows(over, self.least))
        asyncio.get_running_loop().call_later(self.least * WINDOW, enough.set)
        await asyncio.gather(*(attacker() for _ in range(attackers)))
        over.set()
        found = await windows
        await asyncio.sleep(REPORTS)
        row.p50, row.p99 = found.medians
        row.peak, row.lag, row.bad = self.watch.peak, self.watch.lag, found.bad
        judge(row, expected, self.response)
        return row


def judge(row: Row, expected: Collection[str], response: float) -> None:
    """Notes which bounds the row violates; `response`: limits.response. Most cases have a face in them, and `faces` is
    as good an end as any; so is `overloaded`, for whoever waited for another one's end."""
    if any(each.leaked for each in row.answers):
        row.wrong.append("a face came out")
    if other := sorted({each.reason for each in row.answers} - {"faces", "overloaded", *expected}):
        row.wrong.append(f"ended as {', '.join(other)}")
    if row.peak > MEMORY:
        row.wrong.append("memory")
    if row.bad:
        row.wrong.append("others: " + ", ".join(f"{count} x {what}" for what, count in row.bad.items()))
    if row.slowest > response + LONGEST:
        row.late.append("answer")
    if row.lag > LAG:
        row.late.append("loop")


def told(row: Row) -> dict[str, object]:
    """For JSON; dataclasses.asdict makes a Counter of pairs of another."""
    return vars(row) | {"answers": [asdict(each) for each in row.answers], "bad": dict(row.bad)}


def row(told: dict[str, Any]) -> Row:
    """Of that; the others are compared anew."""
    more = {"answers": [Answer(**each) for each in told["answers"]], "bad": Counter(told["bad"])}
    return Row(**told | more | {"late": [what for what in told["late"] if what != "others"]})


def others(rows: Sequence[Row]) -> None:
    """Marks the rows in which the others' p99 was more than doubled; what quiet is, all rows say together."""
    if not rows:
        return
    ordered = sorted(row.quiet for row in rows)
    quiet = ordered[len(ordered) // 2]
    for row in rows:
        if row.p99 > OTHERS * quiet:
            row.late.append("others")
