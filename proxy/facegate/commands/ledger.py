"""facegate ledger: is the audit log whole, and what does it say?"""

import json
from pathlib import Path
from typing import Any

import click

from facegate.commands.opened import print_json, print_table
from facegate.commands.options import given, home_options, json_option
from facegate.state import verify as reader
from facegate.state.home import Home
from facegate.state.private import private_file


@click.group()
def ledger() -> None:
    """Check, read and export the hash-chained audit log."""


@ledger.command()
@json_option
@home_options
def verify(as_json: bool, config: Path | None, home: Path | None) -> None:
    """Walk every file's chain. Exits 1, and names the first bad line of each file, when one is not whole."""
    reports = reader.verify(Home.existing(given(config, home)).ledger)
    whole = all(report.ok for report in reports)
    if as_json:
        print_json({"ok": whole, "files": [report.as_json() for report in reports]})
    for report in reports if not as_json else ():
        state = f"{report.lines:,} lines, whole" if report.ok else f"BAD at line {report.bad_line}: {report.problem}"
        click.secho(f"{report.file}: {state}", fg=None if report.ok else "red")
        for note in report.notes:
            click.echo(f"  {note}")
    if not reports and not as_json:
        click.echo("The ledger is empty.")
    if not whole:
        raise click.exceptions.Exit(1)


@ledger.command()
@click.option("-n", "count", type=click.IntRange(1, 100_000), default=20, show_default=True, help="How many lines.")
@json_option
@home_options
def tail(count: int, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Print the last lines over all files, oldest first. With --json one object a line."""
    entries = reader.tail(Home.existing(given(config, home)).ledger, count)
    if as_json:
        for entry in entries:
            print_json(entry)
        return
    print_table(("at", "ledger", "event", "job", "what"), [_row(entry) for entry in entries])


@ledger.command()
@click.option("-o", "output", type=click.Path(path_type=Path), help="The file to write; standard output without it.")
@click.option("--force", is_flag=True, help="Overwrite the file.")
@home_options
def export(output: Path | None, force: bool, config: Path | None, home: Path | None) -> None:
    """Write every line of every file, oldest first, one JSON object a line."""
    folder = Home.existing(given(config, home)).ledger
    if output is None:
        for entry in reader.entries(folder):
            print_json(entry)
        return
    with private_file(output, force) as file:
        for entry in reader.entries(folder):
            file.write(json.dumps(entry).encode() + b"\n")
    click.echo(f"Wrote {output}.")


def _row(entry: dict[str, Any]) -> tuple[Any, ...]:
    if entry.get("damaged"):
        return ("", entry["ledger"], "DAMAGED", "", f"line {entry['line']}")
    known = ("at", "ledger", "event", "job", "seq", "hash", "line")
    told = {name: value for name, value in entry.items() if name not in known and value not in ("", None)}
    what = " ".join(f"{name}={_plain(value)}" for name, value in told.items())
    return (entry.get("at", "")[:19], entry["ledger"], entry.get("event", ""), entry.get("job", ""), what)


def _plain(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
