"""How long it takes to decide about a job with 1, 10,000 and 1,000,000 registered ones: flat, or it shows here.

Each size has a home of its own in a temporary directory, filled in bulk, and a process of its own, so that its memory
is that of one gateway's registry. "From disk" is with everything forgotten that the process remembers of jobs; the file
is in the system's cache. The last column is the largest size against the smallest; for pages, which one job does not
fill, against the one after it.
"""

import asyncio
import base64
import json
import multiprocessing
import os
import platform
import random
import resource
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import click
import registered
from facegate.config import Config
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.state import jobs as rows
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.registry import JobRegistry
from facegate.thresholds import Thresholds
from facegate_addons.domain.job import Job, JobState, Spending
from facegate_addons.domain.model import utc_now
from facegate_addons.domain.scope import Asked, in_scope
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.identify import Identify
from facegate_addons.hooks.slowdown import Slowdown
from mitmproxy.test import tflow

SIZES = (1, 10_000, 1_000_000)
AT_ONCE = 64
PAGE = 100  # jobs
_NOBODY = Thresholds(subjects=None, hosts=None, releases=None, faces=None, overlap=None)
_ROOT = Actor("os:bench")

type Figures = dict[str, float]


@click.command(help=__doc__)
@click.option("--sizes", default=",".join(map(str, SIZES)), show_default=True, help="Numbers of jobs, smallest first.")
@click.option("--samples", default=1_000, show_default=True, help="Measurements behind each median.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write everything measured to this file.")
def main(sizes: str, samples: int, json_file: Path | None) -> None:
    measured: dict[int, Figures] = {}
    spawn = multiprocessing.get_context("spawn")
    for size in map(int, sizes.split(",")):
        with tempfile.TemporaryDirectory(prefix="facegate-bench-") as folder:
            home = Path(folder) / "home"
            for step in (_fill, _measure):
                if sys.stderr.isatty():
                    click.echo(f"{size:,} jobs: {step.__name__[1:]}", err=True)
                with ProcessPoolExecutor(1, mp_context=spawn) as process:
                    measured.setdefault(size, {}).update(process.submit(step, home, size, samples).result())
    click.echo(table(measured))
    click.echo(f"\n{samples} decisions and spends each, 20 pages and revocations, the rest once.")
    click.echo(f"{os.cpu_count()} cores, Python {platform.python_version()}.")
    if json_file:
        json_file.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


def table(measured: dict[int, Figures]) -> str:
    sizes = list(measured)
    head = ["", *(f"{size:,}" for size in sizes), "ratio"]
    lines = [f"| {' | '.join(head)} |", f"|---|{'---:|' * (len(sizes) + 1)}"]
    for name in measured[sizes[-1]]:
        values = [measured[size][name] for size in sizes]
        least = values[min(1, len(values) - 1)] if name.startswith("list") else values[0]
        ratio = f"{values[-1] / least:.2f}" if least else "-"
        lines.append(f"| {name} | {' | '.join(f'{value:,.4g}' for value in values)} | {ratio} |")
    return "\n".join(lines)


def _fill(path: Path, size: int, _samples: int) -> Figures:
    home, start = Home.prepare(Config(home=path)), time.perf_counter()
    registered.fill(home, size)
    return {"filling, s": time.perf_counter() - start, "file, MB": home.database.stat().st_size / 1e6}


def _measure(path: Path, size: int, samples: int) -> Figures:
    return asyncio.run(_all(Home(path), size, samples))


async def _all(home: Home, size: int, samples: int) -> Figures:
    draw = random.Random(size)
    start = time.perf_counter()
    database = Database.open(home.database)
    opened = time.perf_counter()
    with database, ChainedLedger(home.ledger, "gateway-0") as ledger:
        registry = JobRegistry(database, ledger, b"s" * 32, lambda: _NOBODY)
        begun = time.perf_counter()
        await registry.start()
        figures = {"opening the file, ms": (opened - start) * 1e3, "registry start, ms": _ms(begun)}
        figures["memory after the start, MB"] = _rss()
        numbers = [draw.randrange(size) for _ in range(samples)]

        def forget() -> None:
            registry._forget(None)
            rows._document.cache_clear()

        asks = [_ask(registry, number) for number in numbers]
        for number, ask in zip(numbers, asks, strict=True):
            if await ask() is bool(number % registered.TARGETED):
                raise click.ClickException(f"job {number} was decided wrongly")
        figures |= await _times("decision, in memory", asks * 5, "µs")
        figures |= await _times("decision, from disk", asks, "µs", forget)
        unknown = [_ask(registry, size + number, f"nobody-{place}") for place, number in enumerate(numbers)]
        figures |= await _times("unknown id, first time", unknown, "µs")
        figures |= await _times("unknown id, again", unknown, "µs")
        figures |= await _identify(registry, ledger, numbers)
        figures |= await _spend(registry, size, samples, draw)
        figures |= await _change(Home(home.path), registry, max(10, samples // 50))
        for place, after in (("first", 0), ("middle", size // 2), ("last", max(0, size - PAGE))):
            page = [_page(database, registered.job_id(after) if after else "") for _ in range(max(10, samples // 50))]
            figures |= await _times(f"list, {place} page", page, "ms")
        figures["memory at the end, MB"] = _rss()
        await registry.stop()
    return figures


async def _decide(registry: JobRegistry, job_id: str, token: str, asked: Asked) -> bool:
    if await registry.authenticate(job_id, token) is None:
        return False
    job = await registry.get(job_id)
    return job is not None and in_scope(job, asked, utc_now())


def _ask(registry: JobRegistry, number: int, job_id: str = "") -> Callable[[], Awaitable[object]]:
    asked = Asked(frozenset({f"site-{number}.example"}), 443, "GET", "/news/today.html")
    name, token = job_id or registered.job_id(number), registered.token(number)
    return lambda: _decide(registry, name, token, asked)


def _page(database: Database, after: str) -> Callable[[], Awaitable[object]]:
    async def page() -> object:
        return rows.list_jobs(database, after=after, limit=PAGE)

    return page


async def _identify(registry: JobRegistry, ledger: ChainedLedger, numbers: Iterable[int]) -> Figures:
    """The hook as a gateway has it, over requests with Basic credentials."""
    hook = Identify(registry, None, Slowdown(ledger, lambda: 0.0))
    hooks: list[Callable[[], Awaitable[object]]] = []
    for number in numbers:
        flow = tflow.tflow()
        job: Job = registered.job(number)
        await registry.get(job.id)
        pair = base64.b64encode(f"{job.id}:{registered.token(number)}".encode()).decode()
        flow.request.headers["Proxy-Authorization"] = f"Basic {pair}"
        flow.request.headers.pop("content-length", None)
        hooks.append(lambda flow=flow: hook.requestheaders(flow))  # type: ignore[misc]
        last = flow
    figures = await _times("identify's hook, in memory", hooks, "µs")
    if exchange_of(last).job is None:
        raise click.ClickException("the hook found no job")
    return figures


async def _spend(registry: JobRegistry, size: int, samples: int, draw: random.Random) -> Figures:
    targeted = [draw.randrange(0, size, registered.TARGETED) for _ in range(samples)]
    ids = [registered.job_id(number) for number in targeted]
    one = Spending(10_000, faces=1)
    figures = await _times("spend, one by one", [lambda i=i: registry.spend(i, one) for i in ids], "ms")  # type: ignore[misc]
    waiting = iter(ids * 5)

    async def spender() -> None:
        for job_id in waiting:
            if (refused := await registry.spend(job_id, one)) is not None:
                raise click.ClickException(f"{job_id}: {refused}")

    start = time.perf_counter()
    await asyncio.gather(*(spender() for _ in range(AT_ONCE)))
    return figures | {f"spends a second, {AT_ONCE} at once": len(ids) * 5 / (time.perf_counter() - start)}


async def _change(home: Home, registry: JobRegistry, samples: int) -> Figures:
    """How long a revocation through another connection takes, and how long after it the registry knows."""
    revoking, seen = [], []
    with Database.open(home.database) as database, ChainedLedger(home.ledger, "cli") as ledger:
        desk = Desk(database, ledger)
        for number in range(samples):
            job_id = f"probe-{number}"
            await asyncio.to_thread(desk.register, Job(job_id, "bench", "p"), _ROOT)
            while await registry.get(job_id) is None:  # noqa: ASYNC110 - the registry offers no event
                await asyncio.sleep(0.001)
            await asyncio.sleep(random.Random(number).uniform(0, 0.1))  # not in step with the poll
            start = time.perf_counter()
            await asyncio.to_thread(desk.revoke, job_id, _ROOT)
            revoking.append(_ms(start))
            start = time.perf_counter()
            while (job := await registry.get(job_id)) is None or job.state is not JobState.REVOKED:  # noqa: ASYNC110
                await asyncio.sleep(0.001)
            seen.append(_ms(start))
    return _spread("revoking", revoking, "ms") | _spread("until it is seen", seen, "ms")


async def _times(
    name: str, calls: Iterable[Callable[[], Awaitable[object]]], unit: str, before: Callable[[], None] | None = None
) -> Figures:
    taken, scale = [], {"µs": 1e6, "ms": 1e3}[unit]
    for call in calls:
        if before is not None:
            before()
        start = time.perf_counter()
        await call()
        taken.append((time.perf_counter() - start) * scale)
    return _spread(name, taken, unit)


def _spread(name: str, taken: list[float], unit: str) -> Figures:
    ordered = sorted(taken)
    median, most = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
    return {f"{name}, {unit}": median, f"{name}, p99 {unit}": most}


def _ms(start: float) -> float:
    return (time.perf_counter() - start) * 1e3


def _rss() -> float:
    """Of this process, now; where the system does not tell, the most it ever was."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # bytes on macOS


if __name__ == "__main__":
    main()
