"""facegate job diff and apply: what job files would change, and the doing of it by hand."""

import sys
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from facegate.commands.opened import desk_of, print_json, printable, reading, writing
from facegate.commands.options import configured, home_options, json_option
from facegate.config import Config
from facegate.errors import ConfigError
from facegate.jobs.apply import applied, planned, without_file
from facegate.jobs.changes import shown
from facegate.jobs.declared import Declared, job_files, once_each, read_declared
from facegate.jobs.diff import DOES_SOMETHING, Difference, Outcome
from facegate.jobs.file import read_described

STYLES = {
    Outcome.CREATED: "green",
    Outcome.CHANGED: "yellow",
    Outcome.UNCHANGED: "dim",
    Outcome.REFUSED: "red",
    Outcome.GONE: "magenta",
}
COLUMNS = ("file", "job", "outcome", "key", "old", "new")

paths_argument = click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[FOLDER_OR_FILE]...")


@click.command()
@paths_argument
@json_option
@home_options
def diff(paths: tuple[Path, ...], as_json: bool, config: Path | None, home: Path | None) -> None:
    """Show what job files would change, and change nothing. Without a name: those that the gateway follows.

    Exit 0: nothing to do. 1: something would change. 2: something is refused.
    """
    settings = configured(config, home)
    with reading(settings) as (_, database):
        declared, folders = _declared(paths, settings)
        found = [planned(database, one) for one in declared]
        found += without_file(database, declared) if folders else []
    _print(found, as_json)
    outcomes = {one.outcome for one in found}
    if Outcome.REFUSED in outcomes:
        raise click.exceptions.Exit(2)
    if outcomes & set(DOES_SOMETHING):
        raise click.exceptions.Exit(1)


@click.command()
@paths_argument
@json_option
@home_options
def apply(paths: tuple[Path, ...], as_json: bool, config: Path | None, home: Path | None) -> None:
    """Register what job files say, as a running gateway does by itself. What needs an approval waits for it.

    No token is made: a file may bring token_sha256, or `facegate job token ID` makes one. Exit 2: one is refused.
    """
    settings = configured(config, home)
    with writing(settings, new=True) as opened:
        declared, folders = _declared(paths, settings)
        desk = desk_of(opened, settings)
        found = [applied(desk, one, via="cli") for one in declared]
        found += without_file(opened.database, declared) if folders else []
    _print(found, as_json)
    if any(one.outcome is Outcome.REFUSED for one in found):
        raise click.exceptions.Exit(2)


def _declared(paths: Sequence[Path], settings: Config) -> tuple[list[Declared], bool]:
    """What the files say; and whether there was a folder among them, which tells of files that are gone."""
    files: dict[Path, None] = {}
    folders = [path for path in paths if path.is_dir()] if paths else [settings.jobs_folder]
    for path in paths or folders:
        if path in folders:
            files |= dict.fromkeys(path.absolute() / name for name in job_files(path))
        elif path.exists():
            files[path.absolute()] = None
        else:
            raise ConfigError(f"{path}: no such file or folder")
    read = partial(read_described, rules=settings.job_rules)
    return once_each(read_declared(path, read) for path in files), bool(folders)


def _print(found: Iterable[Difference], as_json: bool) -> None:
    if as_json:
        print_json([one.as_json() for one in found])
        return
    rows = [(one, row) for one in found for row in _rows(one)]
    if not sys.stdout.isatty():
        for cells in (COLUMNS, *(row for _, row in rows)):
            click.echo("\t".join(map(printable, cells)))
        return
    table = Table(*COLUMNS)
    for one, row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row), style=STYLES[one.outcome])
    Console().print(table)


def _rows(one: Difference) -> list[tuple[str, ...]]:
    """A line for each key or problem; one at least."""
    head = (one.file, one.job or "", str(one.outcome))
    lines = [(change.key, shown(change.old), shown(change.new)) for change in one.changes]
    lines += [("", "", problem) for problem in one.problems]
    return [(*head, *line) for line in lines or [("", "", one.note)]]
