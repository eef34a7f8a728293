"""What 1,000 and 100,000 pictures a second take: cores, memory, Redis, S3 and money.

CPU time, bytes of ledger and vault, and memory of a reply are measured on one gateway process. How many pictures were
seen before, how many have faces, the commands to Redis and all prices are stated: --set NAME=VALUE changes one.
"""

import dataclasses
import json
from contextlib import ExitStack
from pathlib import Path

import click

from benchmarks import proxies
from benchmarks.gate import origin, page, processes
from benchmarks.gate.drive import drive
from benchmarks.gate.model import Inputs, Need, Units, need

RATES = (1_000, 100_000)
CONNECTIONS = 8
BODIES = {"new": ("/photo", True), "seen": ("/photo", False), "withheld": ("/face", True)}


class Stated(click.ParamType[tuple[str, float]]):
    name = "name=value"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, float]:
        name, _, number = value.partition("=")
        known = [field.name for field in dataclasses.fields(Inputs)]
        if name not in known:
            self.fail(f"{name!r} is none of {', '.join(known)}", param, ctx)
        try:
            return name, float(number)
        except ValueError:
            self.fail(f"{number!r} is no number", param, ctx)


@click.command(help=__doc__)
@click.option("--seconds", default=8.0, show_default=True, help="Load for each kind of picture.")
@click.option("--set", "stated", multiple=True, type=Stated(), help="An input of the model; repeatable.")
@click.option("--out", type=click.Path(exists=True, file_okay=False, path_type=Path), help="docs: the page.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write units, inputs and needs to it.")
def main(seconds: float, stated: tuple[tuple[str, float], ...], out: Path | None, json_file: Path | None) -> None:
    if not processes.known():
        raise click.UsageError("CPU time is counted in /proc, which this system does not have as Linux has it")
    if out:
        page.check(out, "cost")
    given = dataclasses.replace(Inputs(), **dict(stated))
    units = measure(seconds)
    needs = {rate: need(rate, units, given) for rate in RATES}
    report = table(units, given, needs)
    click.echo(report)
    if json_file:
        parts = {"units": units, "inputs": given} | {str(rate): found for rate, found in needs.items()}
        text = json.dumps({name: dataclasses.asdict(part) for name, part in parts.items()}, indent=1)
        json_file.write_text(text + "\n", encoding="utf-8")
    if out:
        page.write(out, "cost", report)


def measure(seconds: float) -> Units:
    with ExitStack() as stack:
        base = stack.enter_context(origin.running())
        proxy = stack.enter_context(proxies.facegate("--workers", "1"))
        ms: dict[str, float] = {}
        ledger = replies = vault = 0.0
        for name, (path, fresh) in BODIES.items():
            for length in (1.0, seconds):  # the first to warm up
                processes.settle(proxy.pid)
                cpu, before = processes.cpu_seconds(proxy.pid), sizes(proxy.home)
                run = drive(proxy.url, base + path, fresh=fresh, connections=CONNECTIONS, seconds=length)
                processes.settle(proxy.pid)  # what was asked for at the end is answered, kept and counted, too
                answered = run.good + sum(run.bad.values())
                if not answered:
                    raise click.ClickException(f"no reply within {length:.0f} seconds; give more --seconds")
                ms[name] = (processes.cpu_seconds(proxy.pid) - cpu) * 1000 / answered
                after = sizes(proxy.home)
            ledger, replies = ledger + after["ledger"] - before["ledger"], replies + answered
            vault = (after["vault"] - before["vault"]) / answered
        held = processes.footprint(proxy.pid)
    return Units(ms["new"], ms["seen"], ms["withheld"], ledger / replies, vault, held.uss / held.processes)


def sizes(home: Path) -> dict[str, int]:
    folders = {name: home / name for name in ("ledger", "vault")}
    return {
        name: sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        for name, folder in folders.items()
    }


def table(units: Units, given: Inputs, needs: dict[int, Need]) -> str:
    columns = [f"{rate:,} pictures a second" for rate in needs]
    found = list(needs.values())
    rows = {
        "cores": [f"{it.cores:,.0f}" for it in found],
        "memory, GB": [f"{it.memory / 1e9:,.0f}" for it in found],
        "Redis, commands a second": [f"{it.redis_ops:,.0f}" for it in found],
        "Redis, nodes": [f"{it.redis_nodes}" for it in found],
        "S3, objects written a second": [f"{it.s3_puts:,.0f}" for it in found],
        "S3, records kept, TB": [f"{it.s3_stored / 1e12:,.1f}" for it in found],
        "ledger kept, TB": [f"{it.ledger_stored / 1e12:,.1f}" for it in found],
        **{f"{name}, $ a month": [f"{it.dollars[name]:,.0f}" for it in found] for name in found[0].dollars},
        "all, $ a month": [f"{it.month:,.0f}" for it in found],
    }
    lines = [f"| | {' | '.join(columns)} |", "|---" * (1 + len(columns)) + "|"]
    lines += [f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items()]
    measured = ", ".join(f"`{name}` {value:,.4g}" for name, value in dataclasses.asdict(units).items())
    inputs = ", ".join(f"`{name}` {value:,g}" for name, value in dataclasses.asdict(given).items())
    return "\n".join([*lines, "", f"Measured, a reply or a process: {measured}.", "", f"Stated: {inputs}."])


if __name__ == "__main__":
    main()
