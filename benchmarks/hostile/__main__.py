"""Hostile origins and clients, one at a time against a real gateway with ordinary work to do.

Another job asks for pages at a steady rate meanwhile. Measured are what came of each, the time to the answer, the
memory of all processes, how late the event loop is, and the others' latency. Exits 1 when something passes that may
not, ends otherwise than documented, or takes more memory than it may; what is late is marked.
"""

import asyncio
import json
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from live.desk import Desk

from benchmarks.gate import origin, page, processes
from benchmarks.hostile import attack, clients, gate, measure, overload, site, tables
from benchmarks.hostile.case import CASES
from benchmarks.hostile.witness import witnessing

PAGE = "reliability.md"
PARTS = ("origins", "clients", "overload")


@click.command(help=__doc__)
@click.option("--part", "parts", multiple=True, type=click.Choice(PARTS), help="May be given again; all.")
@click.option("--only", multiple=True, help="Groups or names that have this in them; may be given again.")
@click.option("--list", "listed", is_flag=True, help="Name what origins do, and end.")
@click.option("--windows", default=measure.WINDOWS, show_default=True, help="Of two seconds, that each lasts at least.")
@click.option("--minutes", default=10.0, show_default=True, help="Of overload.")
@click.option(
    "--with",
    "earlier",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="Rows that an earlier run wrote with --json, and that this one has not; may be given again.",
)
@click.option("--out", type=click.Path(exists=True, file_okay=False, path_type=Path), help="docs: the page.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write every row to this file.")
def main(
    parts: tuple[str, ...],
    only: tuple[str, ...],
    listed: bool,
    windows: int,
    minutes: float,
    earlier: tuple[Path, ...],
    out: Path | None,
    json_file: Path | None,
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
    found: dict[str, object] = {}
    wrong: list[str] = []
    for part in parts:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            it = stack.enter_context(site.running(folder))
            pages = stack.enter_context(origin.running())
            gateway = stack.enter_context(gate.running(folder, it.trusted))
            if part == "overload":
                over = asyncio.run(overload.overload(gateway, pages, minutes * 60))
                found[part], report = overload.told(over), overload.table(over)
                wrong += over.wrong
            else:
                rows: list[measure.Row] = []
                run = {"origins": origins, "clients": clients_}[part]
                asyncio.run(run(Run(gateway, it, pages, windows, only, rows)))
                rows = merged(rows, part, earlier)
                measure.others(rows)
                found[part], report = [measure.told(row) for row in rows], tables.cases(rows, gate.RESPONSE)
                wrong += [f"{row.group}: {row.name}: {', '.join(row.wrong)}" for row in rows if row.wrong]
        click.echo(report)
        if out:
            page.write(out, part, report, PAGE)
    if json_file:
        json_file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if wrong:
        raise click.ClickException("\n".join(wrong))


def merged(rows: list[measure.Row], part: str, earlier: tuple[Path, ...]) -> list[measure.Row]:
    """The latest of each, in the order of the first."""
    found: dict[tuple[str, str], measure.Row] = {}
    expected = {(case.group, case.name): case.expected for case in CASES.values()}
    for file in earlier:
        for told in json.loads(file.read_text(encoding="utf-8")).get(part, []):
            row = measure.row(told)
            found[row.group, row.name] = row
            if (row.group, row.name) in expected:
                row.wrong, row.late = [], []
                measure.judge(row, expected[row.group, row.name], gate.RESPONSE)
    found.update(((row.group, row.name), row) for row in rows)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Run:
    """`pages`: the origin of the ordinary ones."""

    gateway: gate.Gate
    site: site.Site
    pages: str
    windows: int
    only: tuple[str, ...]
    rows: list[measure.Row]

    def wanted(self, group: str, name: str) -> bool:
        return not self.only or any(word in f"{group}: {name}" for word in self.only)

    def told(self, row: measure.Row) -> None:
        self.rows.append(row)
        click.echo(tables.line(row), err=True)


async def origins(run: Run) -> None:
    async with AsyncExitStack() as stack:
        bench = await gate.bench(run.gateway, run.pages, stack, run.windows)
        trust = attack.trusting(run.gateway.ca, "h2")
        for case in CASES.values():
            if run.wanted(case.group, case.name):
                await asyncio.to_thread(run.site.prepare, case)
                ask = partial(attack.ask, run.gateway.proxy, run.site.url(case), run.gateway.hostile, trust)
                run.told(await bench.run(case.group, case.name, ask, case.expected))


async def clients_(run: Run) -> None:
    async with AsyncExitStack() as stack:
        witness = await stack.enter_async_context(witnessing())
        desk = Desk(run.gateway.gateway)
        stack.callback(desk.close)
        bench = await gate.bench(run.gateway, run.pages, stack, run.windows)
        tls = next(run.site.url(case) for case in CASES.values() if case.way == "h2")
        for client in clients.Clients(run.gateway, witness, desk, tls).all():
            if run.wanted(client.group, client.name):
                run.told(await clients.run(bench, client))


if __name__ == "__main__":
    main()
