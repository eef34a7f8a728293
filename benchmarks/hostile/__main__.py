"""Hostile origins and clients, one at a time against a real gateway with ordinary work to do.

Another job asks for pages at a steady rate meanwhile. Measured are what came of each, the time to the answer, the
memory of all processes, how late the event loop is, and the others' latency. Exits 1 when something passes that may
not, ends otherwise than documented, or takes more memory than it may; what is late is marked.
"""

import asyncio
import json
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from live.desk import Desk

from benchmarks.gate import origin, page, processes
from benchmarks.hostile import attack, clients, gate, measure, site, tables
from benchmarks.hostile.case import CASES
from benchmarks.hostile.witness import witnessing

PAGE = "reliability.md"
PARTS = ("origins", "clients")

type Wanted = Callable[[str, str], bool]
type Told = Callable[[measure.Row], None]


@click.command(help=__doc__)
@click.option("--part", "parts", multiple=True, type=click.Choice(PARTS), help="May be given again; all.")
@click.option("--only", multiple=True, help="Groups or names that have this in them; may be given again.")
@click.option("--list", "listed", is_flag=True, help="Name what origins do, and end.")
@click.option("--windows", default=measure.WINDOWS, show_default=True, help="Of two seconds, that each lasts at least.")
@click.option("--out", type=click.Path(exists=True, file_okay=False, path_type=Path), help="docs: the page.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write every row to this file.")
def main(
    parts: tuple[str, ...], only: tuple[str, ...], listed: bool, windows: int, out: Path | None, json_file: Path | None
) -> None:
    if listed:
        for case in CASES.values():
            click.echo(f"{case.group}: {case.name}")
        return
    if not processes.known():
        raise click.UsageError("memory is counted in /proc, which this system does not have as Linux has it")
    parts = parts or PARTS
    for part in parts if out else ():
        page.check(out, part, PAGE)
    found: dict[str, list[measure.Row]] = {}
    for part in parts:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            it = stack.enter_context(site.running(folder))
            pages = stack.enter_context(origin.running())
            gateway = stack.enter_context(gate.running(folder, it.trusted))
            rows = found[part] = []

            def wanted(group: str, name: str) -> bool:
                return not only or any(word in f"{group}: {name}" for word in only)

            def told(row: measure.Row, rows: list[measure.Row] = rows) -> None:
                rows.append(row)
                click.echo(tables.line(row), err=True)

            asyncio.run({"origins": origins, "clients": clients_}[part](gateway, it, pages, windows, wanted, told))
        measure.others(rows)
        report = tables.cases(rows, gate.RESPONSE)
        click.echo(report)
        if out:
            page.write(out, part, report, PAGE)
    if json_file:
        told_all = {part: [asdict(row) for row in rows] for part, rows in found.items()}
        json_file.write_text(json.dumps(told_all, indent=1) + "\n", encoding="utf-8")
    wrong = [f"{row.group}: {row.name}: {', '.join(row.wrong)}" for rows in found.values() for row in rows if row.wrong]
    if wrong:
        raise click.ClickException("\n".join(wrong))


async def origins(gateway: gate.Gate, it: site.Site, pages: str, windows: int, wanted: Wanted, told: Told) -> None:
    async with AsyncExitStack() as stack:
        bench = await gate.bench(gateway, pages, stack, windows)
        trust = attack.trusting(gateway.ca, "h2")
        for case in CASES.values():
            if wanted(case.group, case.name):
                await asyncio.to_thread(it.prepare, case)
                ask = partial(attack.ask, gateway.proxy, it.url(case), gateway.hostile, trust)
                told(await bench.run(case.group, case.name, ask, case.expected))


async def clients_(gateway: gate.Gate, it: site.Site, pages: str, windows: int, wanted: Wanted, told: Told) -> None:
    async with AsyncExitStack() as stack:
        witness = await stack.enter_async_context(witnessing())
        desk = Desk(gateway.gateway)
        stack.callback(desk.close)
        bench = await gate.bench(gateway, pages, stack, windows)
        tls = next(it.url(case) for case in CASES.values() if case.way == "h2")
        for client in clients.Clients(gateway, witness, desk, tls).all():
            if wanted(client.group, client.name):
                told(await clients.run(bench, client))


if __name__ == "__main__":
    main()
