"""Mixed load for a long time: is memory flat, are descriptors given back, do latencies stay?

Pages, new photos, photos seen before and photos with a face (withheld), by chance, as fast as answers come or so many
a second; then latencies count from when a request was due. All gateway processes count together, workers and console
too. Slopes are least squares over the last two thirds.
"""

import asyncio
import itertools
import json
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from benchmarks import proxies
from benchmarks.gate import crawl, origin, page, processes

MIX = {"page": 60, "photo": 15, "seen": 20, "face": 5}  # of a hundred requests
PATHS = {"page": "/page", "photo": "/photo", "seen": "/photo", "face": "/face"}
EXPECTED = {"200", "451 faces"}
SETTLED = 1 / 3  # of the samples: caches fill, allocators find their size
type Sample = dict[str, Any]
type Keep = Callable[[Sample], None]


@click.command(help=__doc__)
@click.option("--minutes", default=30.0, show_default=True)
@click.option("--every", default=10.0, show_default=True, help="Seconds between two samples.")
@click.option("--connections", default=8, show_default=True)
@click.option("--rate", default=0.0, show_default=True, help="Requests a second; 0: as fast as answers come.")
@click.option("--workers", default=1, show_default=True, help="Gateway processes.")
@click.option("--out", type=click.Path(exists=True, file_okay=False, path_type=Path), help="docs: page and plot.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write every sample to this file.")
def main(
    minutes: float,
    every: float,
    connections: int,
    rate: float,
    workers: int,
    out: Path | None,
    json_file: Path | None,
) -> None:
    if not processes.known():
        raise click.UsageError("memory is counted in /proc, which this system does not have as Linux has it")
    if out:
        page.check(out, "soak")
        from benchmarks.gate import plots  # complains now, not after half an hour
    with ExitStack() as stack:
        base = stack.enter_context(origin.running())
        proxy = stack.enter_context(proxies.facegate("--workers", str(workers)))
        bar = stack.enter_context(Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()))
        task = bar.add_task("soaking", total=minutes * 60)
        samples: list[Sample] = []

        def keep(sample: Sample) -> None:
            samples.append(sample)
            bar.update(task, completed=sample["at"])

        statuses = asyncio.run(soak(base, proxy, minutes * 60, every, connections, rate, keep))
    report = table(samples, statuses)
    click.echo(report)
    if json_file:
        json_file.write_text(json.dumps({"samples": samples, "statuses": statuses}, indent=1) + "\n", encoding="utf-8")
    if out:
        plots.soak(samples, out / page.IMAGES / "soak.svg")
        page.write(out, "soak", f"{report}\n\n![memory, descriptors and latency over time](images/soak.svg)")
    if wrong := {status: count for status, count in statuses.items() if status not in EXPECTED}:
        raise click.ClickException(f"not every reply was as it should be: {wrong}")


async def soak(
    base: str, proxy: proxies.Proxy, seconds: float, every: float, connections: int, rate: float, keep: Keep
) -> Counter[str]:
    """A sample for each `every` seconds, and how many replies of each status there were in all."""
    draw = random.Random(1)
    statuses: Counter[str] = Counter()
    loads = {name: crawl.Load() for name in MIX}
    started = time.perf_counter()
    numbers = itertools.count()

    async def client() -> None:
        connection = crawl.Connection(proxy.url, crawl.Load())
        try:
            while (begun := await turn()) < started + seconds:
                (name,) = draw.choices(list(MIX), list(MIX.values()))
                connection.load = loads[name]
                await connection.ask(base + PATHS[name], fresh=name != "seen", begun=begun)
        finally:
            connection.close()

    async def turn() -> float:
        """When the next request is due."""
        if not rate:
            return time.perf_counter()
        due = started + next(numbers) / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        return due

    async def watch() -> None:
        begun = time.perf_counter()
        while begun < started + seconds:
            await asyncio.sleep(min(every, started + seconds - begun))
            now, done = time.perf_counter(), dict(loads)
            loads.update((name, crawl.Load()) for name in MIX)
            for load in done.values():
                statuses.update(load.statuses)
            footprint = await asyncio.to_thread(processes.footprint, proxy.pid)
            answered = sum(sum(load.statuses.values()) for load in done.values())
            ms = {
                name: [crawl.percentile(load, share) if load.good else None for share in (0.5, 0.99)]
                for name, load in done.items()
                if name != "face"
            }
            keep({"at": now - started, "rate": answered / (now - begun), **asdict(footprint), "ms": ms})
            begun = now

    async with asyncio.TaskGroup() as tasks:
        for _ in range(connections):
            tasks.create_task(client())
        tasks.create_task(watch())
    for load in loads.values():
        statuses.update(load.statuses)
    return statuses


def slope(samples: Sequence[Sample], what: str) -> float:
    """By how much it grows in an hour."""
    settled = samples[int(len(samples) * SETTLED) :]
    if len(settled) < 2:
        return 0.0
    return statistics.linear_regression([s["at"] for s in settled], [s[what] for s in settled]).slope * 3600


def table(samples: Sequence[Sample], statuses: Counter[str]) -> str:
    settled = samples[int(len(samples) * SETTLED) :]
    minutes, total = samples[-1]["at"] / 60, sum(statuses.values())
    lines = [
        f"{minutes:.1f} minutes, {total} replies, {statuses['451 faces']} of them withheld, "
        f"{total / max(1e-9, minutes * 60):.0f} a second.",
        "",
        "| | at first | settled: median (lowest to highest) | at the end | an hour more |",
        "|---|---|---|---|---|",
    ]
    for what, title, unit in (
        ("uss", "memory of its own (USS), MB", 1e6),
        ("rss", "resident (RSS), MB", 1e6),
        ("descriptors", "descriptors", 1),
        ("processes", "processes", 1),
    ):
        values = [sample[what] / unit for sample in settled]
        spread = f"{statistics.median(values):.0f} ({min(values):.0f} to {max(values):.0f})"
        ends = samples[0][what] / unit, samples[-1][what] / unit
        lines.append(f"| {title} | {ends[0]:.0f} | {spread} | {ends[1]:.0f} | {slope(samples, what) / unit:+.1f} |")
    for name in ("page", "photo", "seen"):
        for index, share in enumerate(("p50", "p99")):
            found = [ms for sample in samples if (ms := sample["ms"][name][index]) is not None]
            later = [ms for sample in settled if (ms := sample["ms"][name][index]) is not None]
            if found and later:
                spread = f"{statistics.median(later):.1f} ({min(later):.1f} to {max(later):.1f})"
                lines.append(f"| {name}, {share}, ms | {found[0]:.1f} | {spread} | {found[-1]:.1f} | |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
