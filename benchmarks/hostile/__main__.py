"""Hostile origins and clients, one at a time against a real gateway with ordinary work to do.

Another job asks for pages at a steady rate meanwhile. Measured are what came of each, the time to the answer, the
memory of all processes, how late the event loop is, and the others' latency. Exits 1 when something passes that may
not, ends otherwise than documented, or takes more memory than it may; what is late is marked.
"""

import asyncio
import json
import sys
from contextlib import AsyncExitStack, ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console
from rich.progress import Progress

from benchmarks.gate import origin, page, processes
from benchmarks.hostile import attack, gate, measure, site, tables
from benchmarks.hostile.case import CASES

PAGE = "reliability.md"


@click.command(help=__doc__)
@click.option("--only", multiple=True, help="Groups or cases whose name has this in it; may be given again.")
@click.option("--list", "listed", is_flag=True, help="Name the cases, and end.")
@click.option("--out", type=click.Path(exists=True, file_okay=False, path_type=Path), help="docs: the page.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write every row to this file.")
def main(only: tuple[str, ...], listed: bool, out: Path | None, json_file: Path | None) -> None:
    chosen = [case for case in CASES.values() if not only or any(word in f"{case.group}: {case.name}" for word in only)]
    if listed:
        for case in chosen:
            click.echo(f"{case.group}: {case.name}")
        return
    if not processes.known():
        raise click.UsageError("memory is counted in /proc, which this system does not have as Linux has it")
    if out:
        page.check(out, "origins", PAGE)
    rows: list[measure.Row] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        it = stack.enter_context(site.running(folder))
        pages = stack.enter_context(origin.running())
        gateway = stack.enter_context(gate.running(folder, it.trusted))
        bar = stack.enter_context(Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()))
        task = bar.add_task("hostile", total=len(chosen))

        async def run() -> None:
            async with AsyncExitStack() as within:
                bench = await gate.bench(gateway, pages, within)
                trust = attack.trusting(gateway.ca, "h2")
                for case in chosen:
                    await asyncio.to_thread(it.prepare, case)
                    ask = partial(attack.ask, gateway.proxy, it.url(case), gateway.hostile, trust)
                    rows.append(await bench.run(case.group, case.name, ask, case.expected))
                    bar.update(task, advance=1, description=case.name)
                    click.echo(tables.line(rows[-1]), err=True)

        asyncio.run(run())
    measure.others(rows)
    report = tables.cases(rows, gate.RESPONSE)
    click.echo(report)
    if json_file:
        json_file.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", encoding="utf-8")
    if out:
        page.write(out, "origins", report, PAGE)
    if wrong := [f"{row.group}: {row.name}: {', '.join(row.wrong)}" for row in rows if row.wrong]:
        raise click.ClickException("\n".join(wrong))


if __name__ == "__main__":
    main()
