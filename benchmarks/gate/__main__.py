"""The gateway beside mitmdump with its defaults, and beside the glue: mitmdump with a hook that runs OpenCV's YuNet.

Plain HTTP over loopback; client, proxy and origin are processes on the same cores, so trust ratios, not rates. Rounds
are interleaved. Each body is unlike any before it, but for those "seen before".
"""

import importlib.util
import json
import os
import statistics
import sys
from contextlib import ExitStack
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from benchmarks import proxies
from benchmarks.gate import measure, origin, page, processes, tables
from benchmarks.gate.bodies import BODIES
from benchmarks.gate.drive import program

COUNTS = (1, os.cpu_count() or 1)
HALF = 0.5  # of the highest rate
PACED = ("page", "photo")  # whose latency is measured


@click.command(help=__doc__)
@click.option("--yunet", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="YuNet's weights (ONNX).")
@click.option("--only", multiple=True, type=click.Choice(list(BODIES)), help="These bodies alone; repeatable.")
@click.option(
    "--workers", multiple=True, type=int, default=(1, os.cpu_count() or 1), help="Gateway processes; repeatable."
)
@click.option("--rounds", default=5, show_default=True, help="Rounds of each proxy and body.")
@click.option("--seconds", default=3.0, show_default=True, help="Length of one round.")
@click.option("--connections", default=16, show_default=True, help="Connections of the client.")
@click.option("--latency", default=10.0, show_default=True, help="Seconds at half load; 0: not measured.")
@click.option("--out", type=click.Path(exists=True, file_okay=False, path_type=Path), help="docs: the page.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write everything measured to this file.")
def main(
    yunet: Path | None,
    only: tuple[str, ...],
    workers: tuple[int, ...],
    rounds: int,
    seconds: float,
    connections: int,
    latency: float,
    out: Path | None,
    json_file: Path | None,
) -> None:
    if yunet:
        _try(yunet)
    if out:
        page.check(out, "table")
    plan = measure.Plan(only or tuple(BODIES), rounds, seconds, connections, latency)
    counts = sorted(set(workers))
    with ExitStack() as stack:
        base = stack.enter_context(origin.running())
        targets = {ours(count): stack.enter_context(proxies.facegate("--workers", str(count))) for count in counts}
        targets["mitmdump"] = stack.enter_context(proxies.mitmdump())
        if yunet:
            targets["glue"] = stack.enter_context(proxies.glue(yunet))
        bar = stack.enter_context(Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()))
        paced = [name for name in PACED if name in plan.bodies] if latency else []
        total = len(plan.bodies) * len(targets) * (rounds + 1) + 2 * len(paced)
        task = bar.add_task("starting", total=total)

        def tick(text: str) -> None:
            bar.update(task, description=text, advance=1)

        rows = measure.throughput(base, targets, plan, tick)
        best = ours(counts[-1])
        half = {name: HALF * statistics.median(tables.rates(rows, name, best)) for name in paced}
        delays = measure.latency(base, targets[best], half, plan, tick)
    parts = [tables.throughput(rows, list(targets))]
    if processes.known():
        parts.append(tables.cpu(rows, list(targets)))
    if delays:
        parts.append(tables.latency(delays))
    client = "wrk" if program() else "a client in Python (install wrk for one that takes less of the cores)"
    parts.append(
        f"{rounds} rounds of {seconds:g} s, {connections} connections of {client}; medians (lowest to highest)."
        + ("" if yunet else " Without --yunet, no glue.")
    )
    report = "\n\n".join(parts)
    click.echo(report)
    if json_file:
        json_file.write_text(json.dumps({"throughput": rows, "latency": delays}, indent=1) + "\n", encoding="utf-8")
    if out:
        page.write(out, "table", report)
    else:
        click.echo("\n" + page.machine())
    if wrong := list(tables.mishaps([*rows, *delays])):
        raise click.ClickException("not every reply was a good one: " + "; ".join(wrong))


def _try(yunet: Path) -> None:
    """mitmdump goes on without a hook that cannot start."""
    if importlib.util.find_spec("cv2") is None:
        raise click.UsageError("--yunet needs OpenCV; run it as `make bench`, or with `uv run --group bench`")
    import cv2

    try:
        cv2.FaceDetectorYN.create(str(yunet), "", (640, 640))
    except cv2.error:
        raise click.UsageError(f"{yunet} holds no YuNet that OpenCV can read") from None


def ours(count: int) -> str:
    return f"facegate, {count} process{'es' if count > 1 else ''}"


if __name__ == "__main__":
    main()
