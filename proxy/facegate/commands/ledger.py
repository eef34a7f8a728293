"""facegate ledger: is the audit log whole, and what does it say?"""

import json
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from facegate.commands.checkpoints import archive, checkpoint, key
from facegate.commands.export import export
from facegate.commands.opened import print_json, print_table, printable
from facegate.commands.options import given, home_options, json_option
from facegate.errors import ConfigError
from facegate.ledger import reading
from facegate.ledger.audit import Asked, Audit, audit
from facegate.ledger.files import all_files
from facegate.ledger.signing import read_public
from facegate.state.home import Home


@click.group()
def ledger() -> None:
    """Check, read and export the hash-chained audit log."""


for command in (export, checkpoint, key, archive):
    ledger.add_command(command)


@ledger.command()
@click.option("--checkpoints", type=click.Path(path_type=Path), help="A folder of checkpoints that was kept elsewhere.")
@click.option(
    "--key", "key_files", type=click.Path(path_type=Path), multiple=True,
    help="A public key that was kept elsewhere; several may be given. Else the one beside the checkpoints.",
)  # fmt: skip
@click.option("--archive", type=click.Path(path_type=Path), help="Where archived files are: walk them, too.")
@click.option("--since-checkpoint", is_flag=True, help="Only what is newer than the newest checkpoint.")
@json_option
@home_options
def verify(
    checkpoints: Path | None, key_files: tuple[Path, ...], archive: Path | None, since_checkpoint: bool, as_json: bool,
    config: Path | None, home: Path | None,
) -> None:  # fmt: skip
    """Walk every ledger's chain. Exits 1, and names the first bad line of each file, when one is not whole."""
    folder = Home.existing(given(config, home)).ledger
    if archive is not None and not archive.is_dir():
        raise ConfigError(f"{archive}: is no folder; name the one that files were archived to")
    asked = Asked(checkpoints, [read_public(path) for path in key_files], archive, since_checkpoint)
    with _progress() as bar:
        task = bar.add_task("", total=_size(folder, archive))
        found = audit(folder, asked, lambda done: bar.advance(task, done))
    if as_json:
        print_json(_as_json(found))
    else:
        _say(found)
    if not found.ok:
        raise click.exceptions.Exit(1)


@ledger.command()
@click.option("-n", "count", type=click.IntRange(1, 100_000), default=20, show_default=True, help="How many lines.")
@json_option
@home_options
def tail(count: int, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Print the last lines over all files, oldest first. With --json one object a line."""
    entries = reading.tail(Home.existing(given(config, home)).ledger, count)
    if as_json:
        for entry in entries:
            print_json(entry)
        return
    print_table(("at", "ledger", "event", "job", "what"), [_row(entry) for entry in entries])


def _progress() -> Progress:
    return Progress(
        TextColumn("verifying"), BarColumn(), DownloadColumn(binary_units=True), TimeRemainingColumn(),
        console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty(),
        redirect_stdout=False, redirect_stderr=False,
    )  # fmt: skip


def _size(folder: Path, archive: Path | None) -> int:
    """About so many bytes."""
    files = [*all_files(folder), *(archive.glob("*.jsonl") if archive else ())]
    return sum(path.stat().st_size for path in files if path.exists())


def _say(found: Audit) -> None:
    for report in found.reports:
        state = f"{report.lines:,} lines, whole" if report.ok else f"BAD at line {report.bad_line}: {report.problem}"
        click.secho(f"{report.file}: {printable(state)}", fg=None if report.ok else "red")
        for note in report.notes:
            click.echo(f"  {printable(note)}")
    for problem in found.problems:
        click.secho(f"BAD checkpoints: {printable(problem)}", fg="red")
    if found.newest is not None:
        newest = found.newest
        click.echo(f"{found.checkpoints:,} checkpoints, the newest is {newest.number} of {newest.at[:19]}Z")
    if not found.reports:
        click.echo("The ledger is empty.")


def _as_json(found: Audit) -> dict[str, Any]:
    it = found.newest
    newest = {"number": it.number, "at": it.at, "key": it.key, "bad": list(it.bad)} if it else None
    return {
        "ok": found.ok,
        "files": [report.as_json() for report in found.reports],
        "checkpoints": {"count": found.checkpoints, "newest": newest, "problems": found.problems},
    }


def _row(entry: dict[str, Any]) -> tuple[Any, ...]:
    if entry.get("damaged"):
        return ("", entry["ledger"], "DAMAGED", "", f"line {entry['line']}")
    known = ("at", "ledger", "ledger_file", "event", "job", "seq", "hash", "line")
    told = {name: value for name, value in entry.items() if name not in known and value not in ("", None)}
    what = " ".join(f"{name}={_plain(value)}" for name, value in told.items())
    return (entry.get("at", "")[:19], entry["ledger"], entry.get("event", ""), entry.get("job", ""), what)


def _plain(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
