"""Replies a second and their latency over what they depend on: connections, size of a page, jobs, gateway processes.

Each point is one short load; those of one curve take turns, mitmdump with its defaults among them where it can.
"""

import base64
import json
import statistics
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from benchmarks import proxies
from benchmarks.gate import bodies, origin, page
from benchmarks.gate.drive import Run, drive

CONNECTIONS = (1, 2, 4, 8, 16, 32, 64)
JOBS = (1, 4, 16)
PROCESSES = (1, 2, 3, 4)
MANY = 16  # connections, where they are not what is varied
_JOB = 'id = "{name}"\noperator = "benchmark"\npurpose = "a benchmark"\n\n[scope]\nkind = "untargeted"\n'

type Point = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Curve:
    title: str
    x: str
    log: bool = True


CURVES = {
    "connections": Curve("A page of 36 KB, by connections of the client", "connections"),
    "size": Curve("Pages, by their size", "KB a page"),
    "jobs": Curve("A page of 36 KB, by jobs that ask in turns", "jobs", log=False),
    "processes": Curve("One gateway, by its processes", "gateway processes", log=False),
}


@click.command(help=__doc__)
@click.option("--only", multiple=True, type=click.Choice(list(CURVES)), help="These curves alone; repeatable.")
@click.option("--seconds", default=2.0, show_default=True, help="Length of one load.")
@click.option("--rounds", default=3, show_default=True, help="Loads of each point; their median counts.")
@click.option("--out", type=click.Path(exists=True, file_okay=False, path_type=Path), help="docs: page and plots.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write every load to this file.")
def main(only: tuple[str, ...], seconds: float, rounds: int, out: Path | None, json_file: Path | None) -> None:
    if out:
        page.check(out, "curves")
        from benchmarks.gate import plots  # complains now
    names = only or tuple(CURVES)
    points: list[Point] = []
    with origin.running() as base, Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("starting", total=None)

        def keep(curve: str, label: str, x: float, run: Run) -> None:
            points.append({"curve": curve, "label": label, "x": x, "rate": run.rate, "ms": run.p50_ms, "bad": run.bad})
            bar.update(task, description=f"{curve}: {label}, {x:g}", advance=1)

        for name in names:
            MEASURES[name](base, seconds, rounds, keep)
    report = "\n\n".join(table(name, points) for name in names)
    click.echo(report)
    if json_file:
        json_file.write_text(json.dumps(points, indent=1) + "\n", encoding="utf-8")
    if out:
        parts = []
        for name in names:
            curve, file = CURVES[name], f"curve-{name}.svg"
            rates, delays = series(points, name, "rate"), series(points, name, "ms")
            plots.curves(curve.title, curve.x, rates, delays, out / page.IMAGES / file, log=curve.log)
            parts += [table(name, points), f"![{curve.title}]({page.IMAGES}/{file})"]
        page.write(out, "curves", "\n\n".join([*parts, f"{rounds} loads of {seconds:g} s a point; medians."]))
    if wrong := [point for point in points if point["bad"]]:
        raise click.ClickException(f"not every reply was a good one: {wrong[0]}")


type Keep = Callable[[str, str, float, Run], None]


def _connections(base: str, seconds: float, rounds: int, keep: Keep) -> None:
    with _two() as proxies_:
        for _ in range(rounds):
            for x in CONNECTIONS:
                for label, proxy in proxies_.items():
                    keep("connections", label, x, _load(proxy, f"{base}/page", seconds, connections=x))


def _size(base: str, seconds: float, rounds: int, keep: Keep) -> None:
    with _two() as proxies_:
        for _ in range(rounds):
            for x in bodies.SIZES:
                for label, proxy in proxies_.items():
                    keep("size", label, x, _load(proxy, f"{base}/page/{x}", seconds))


def _jobs(base: str, seconds: float, rounds: int, keep: Keep) -> None:
    with proxies.facegate() as proxy:
        told = [_register(proxy, f"job-{number}") for number in range(max(JOBS))]
        for _ in range(rounds):
            for x in JOBS:
                keep("jobs", "facegate", x, _load(proxy, f"{base}/page", seconds, credentials=told[:x]))


def _processes(base: str, seconds: float, rounds: int, keep: Keep) -> None:
    for x in PROCESSES:
        with proxies.facegate("--workers", str(x)) as proxy:
            for name in ("page", "photo", "seen"):
                body = bodies.BODIES[name]
                for _ in range(rounds):
                    run = _load(proxy, f"{base}{body.path}", seconds, fresh=body.fresh)
                    keep("processes", body.title, x, run)


MEASURES: dict[str, Callable[[str, float, int, Keep], None]] = {
    "connections": _connections,
    "size": _size,
    "jobs": _jobs,
    "processes": _processes,
}


class _two(ExitStack):  # noqa: N801 - a `with`
    """A gateway with its defaults and mitmdump with its own, warmed up."""

    def __enter__(self) -> dict[str, proxies.Proxy]:  # type: ignore[override]
        super().__enter__()
        return {
            "facegate": self.enter_context(proxies.facegate()),
            "mitmdump": self.enter_context(proxies.mitmdump()),
        }


def _load(
    proxy: proxies.Proxy,
    url: str,
    seconds: float,
    *,
    connections: int = MANY,
    fresh: bool = True,
    credentials: Sequence[str] = (),
) -> Run:
    return drive(proxy.url, url, fresh=fresh, connections=connections, seconds=seconds, credentials=credentials)


def _register(proxy: proxies.Proxy, name: str) -> str:
    """What the job's crawlers send as their credentials."""
    file = proxy.home.with_name(f"{name}.toml")
    file.write_text(_JOB.format(name=name), encoding="utf-8")
    token = json.loads(proxies.run(proxy, "job", "register", str(file), "--json"))["token"]
    return "Basic " + base64.b64encode(f"{name}:{token}".encode()).decode()


def series(points: Sequence[Point], curve: str, what: str) -> dict[str, list[tuple[float, float]]]:
    """Label -> (x, median of what was measured there), in the order of x."""
    found: dict[str, dict[float, list[float]]] = {}
    for point in points:
        if point["curve"] == curve:
            found.setdefault(point["label"], {}).setdefault(point["x"], []).append(point[what])
    return {label: [(x, statistics.median(each)) for x, each in sorted(at.items())] for label, at in found.items()}


def table(curve: str, points: Sequence[Point]) -> str:
    """A row for each label: replies a second, and the median latency in ms."""
    rates, delays = series(points, curve, "rate"), series(points, curve, "ms")
    xs = sorted({point["x"] for point in points if point["curve"] == curve})
    rows = [
        f"| {CURVES[curve].title}: a second, (ms) | " + " | ".join(f"{x:g}" for x in xs) + " |",
        "|---" * (len(xs) + 1) + "|",
    ]
    for label, found in rates.items():
        at, ms = dict(found), dict(delays[label])
        cells = (f"{at[x]:.0f} ({ms[x]:.1f})" if x in at else "" for x in xs)
        rows.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


if __name__ == "__main__":
    main()
