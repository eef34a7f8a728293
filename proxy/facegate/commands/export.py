"""facegate ledger export: the ledgers' lines for other programs, as they are or in a SIEM's words; at once or as they
come."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
from facegate_addons.domain.model import utc_now

from facegate.commands.options import given, home_options
from facegate.errors import ConfigError, StateError
from facegate.ledger.cef import as_cef
from facegate.ledger.ecs import as_ecs
from facegate.ledger.follow import Follower
from facegate.ledger.reading import as_entry, entries
from facegate.ledger.selection import Selection
from facegate.moments import parse_moment
from facegate.state.home import Home
from facegate.state.private import private_file

POLL = 0.2  # seconds between two looks at files that grow; there is no portable event for it

_FORMATS: dict[str, Callable[[dict[str, Any]], str]] = {
    "jsonl": json.dumps,
    "ecs": lambda entry: json.dumps(as_ecs(entry)),
    "cef": as_cef,
}


@click.command()
@click.option("-o", "output", type=click.Path(path_type=Path), help="The file to write; standard output without it.")
@click.option("--force", is_flag=True, help="Overwrite the file.")
@click.option(
    "--format", "style", type=click.Choice(list(_FORMATS)), default="jsonl", show_default=True,
    help="jsonl: the lines' own words; ecs: Elastic Common Schema; cef: Common Event Format.",
)  # fmt: skip
@click.option("--since", metavar="WHEN", help="From then on: 7d (ago), 2026-03-01 or 2026-03-01T06:00Z.")
@click.option("--until", metavar="WHEN", help="Before then; written likewise.")
@click.option("--event", "events", multiple=True, help="Only this event, like exchange; several may be given.")
@click.option("--job", metavar="ID", help="Of this job only.")
@click.option("--follow", is_flag=True, help="Go on with what is written meanwhile, until Ctrl-C.")
@home_options
def export(
    output: Path | None, force: bool, style: str, since: str | None, until: str | None, events: tuple[str, ...],
    job: str | None, follow: bool, config: Path | None, home: Path | None,
) -> None:  # fmt: skip
    """Write the lines of all files, one a line: oldest first; with --follow each ledger's in its order."""
    if follow and output is not None:
        raise ConfigError("--follow has no end, so it writes to standard output: leave -o away, and use > FILE")
    asked = Selection(_moment("--since", since), _moment("--until", until), frozenset(events), job)
    folder = Home.existing(given(config, home)).ledger
    found = _following(folder) if follow else entries(folder)
    lines = (_FORMATS[style](entry) for entry in found if asked.holds(entry))
    if output is not None:
        with private_file(output, force) as file:
            for line in lines:
                file.write(line.encode() + b"\n")
        click.echo(f"Wrote {output}.")
        return
    try:
        for line in lines:
            click.echo(line)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # `facegate ledger export | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)


def _following(folder: Path) -> Iterator[dict[str, Any]]:
    follower = Follower(folder)
    while True:
        try:
            found = follower.more()
        except OSError as error:
            raise StateError(f"{error.filename or folder}: cannot be read ({error.strerror})") from None
        for fresh in found:
            yield as_entry(fresh.path, fresh.line, fresh.raw)
        if not found:
            time.sleep(POLL)


def _moment(option: str, text: str | None) -> Any:
    try:
        return parse_moment(text, utc_now()) if text is not None else None
    except ValueError as error:
        raise ConfigError(f"{option}: {error}") from None
