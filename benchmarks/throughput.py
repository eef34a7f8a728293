"""Requests per second through the gateway and through mitmdump with its defaults, on the same machine in one run.

Plain HTTP over loopback; client, proxy and origin are processes on the same cores. Each request is for a body that
was never sent before. Rounds are interleaved (gateway, mitmdump, gateway, ...), so that a machine that slows down
slows down both; medians over the rounds, with the lowest and highest.
"""

import asyncio
import itertools
import json
import os
import platform
import statistics
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
import load
import origin
import proxies
from rich.console import Console
from rich.progress import Progress

BODIES = {"page": "HTML page, 36 KB", "photo": "photo, 600x400, no face"}
WARM_UP = 1.0  # seconds before a proxy's first round of a body: imports, first connections, model


@click.command(help=__doc__)
@click.option("--rounds", default=5, show_default=True, help="Rounds of each proxy and body.")
@click.option("--seconds", default=4.0, show_default=True, help="Length of one round.")
@click.option("--connections", default=16, show_default=True, help="Connections of the client.")
@click.option("--workers", type=int, help="Gateway processes (--workers of facegate serve).")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write everything measured to this file.")
def main(rounds: int, seconds: float, connections: int, workers: int | None, json_file: Path | None) -> None:
    measured: list[dict[str, Any]] = []
    numbers = itertools.count(1)
    with ExitStack() as stack:
        base = stack.enter_context(origin.running())
        targets = {
            "facegate": stack.enter_context(proxies.facegate(*(["--workers", str(workers)] if workers else []))),
            "mitmdump": stack.enter_context(proxies.mitmdump()),
        }
        bar = stack.enter_context(Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()))
        task = bar.add_task("warming up", total=len(BODIES) * len(targets) * (rounds + 1))
        for body, number in itertools.product(BODIES, range(rounds + 1)):
            for name, proxy in targets.items():
                bar.update(task, description=f"{body}, {name}, round {number} of {rounds}")
                length = seconds if number else WARM_UP
                run = load.drive(proxy, f"{base}/{body}", connections=connections, seconds=length, numbers=numbers)
                result = asyncio.run(run)
                bar.advance(task)
                if number:
                    measured.append({"body": body, "proxy": name, "round": number, **describe(result)})
    click.echo(table(measured, list(targets)))
    click.echo(
        f"\n{rounds} rounds of {seconds:g} s, {connections} connections, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}; median (lowest to highest) of good replies a second."
    )
    if json_file:
        json_file.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    if any(row["bad"] for row in measured):
        bad = [f"{row['proxy']} {row['body']}: {row['bad']}" for row in measured if row["bad"]]
        raise click.ClickException("not every reply was a good one: " + "; ".join(bad))


def describe(result: load.Load) -> dict[str, Any]:
    ms = sorted(latency * 1000 for latency in result.latencies) or [float("nan")]
    return {
        "rate": round(result.rate, 1),
        "good": result.good,
        "bad": result.bad,
        "p50_ms": round(ms[len(ms) // 2], 2),
        "p99_ms": round(ms[int(len(ms) * 0.99)], 2),
    }


def table(measured: list[dict[str, Any]], names: list[str]) -> str:
    first, second = names
    lines = [f"| body | {first} | {second} | ratio | p50 ms | p99 ms |", "|---|---|---|---|---|---|"]
    for body, title in BODIES.items():
        rows = {name: [row for row in measured if (row["body"], row["proxy"]) == (body, name)] for name in names}
        rates = {name: [row["rate"] for row in rows[name]] for name in names}
        medians = {name: statistics.median(rates[name]) for name in names}
        cells = [f"{medians[n]:.0f} ({min(rates[n]):.0f} to {max(rates[n]):.0f})" for n in names]
        ratio = f"{medians[first] / medians[second]:.2f}" if medians[second] else "-"
        latency = [
            " / ".join(f"{statistics.median(row[key] for row in rows[name]):.1f}" for name in names)
            for key in ("p50_ms", "p99_ms")
        ]
        lines.append(f"| {title} | {cells[0]} | {cells[1]} | {ratio} | {latency[0]} | {latency[1]} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
