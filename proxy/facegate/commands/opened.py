"""The state a verb works on, opened and closed around it; and how its answer is printed."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import click

from facegate.config import Config, load
from facegate.errors import ConfigError
from facegate.jobs.desk import Desk
from facegate.ledger.chained import ChainedLedger
from facegate.quarantine.keys import KeyRing
from facegate.quarantine.storage import blobs_of
from facegate.quarantine.vault import SealedVault
from facegate.sections import State
from facegate.shared.opened import open_state
from facegate.state import served
from facegate.state.database import Database
from facegate.state.home import Home

LEDGER_WAIT = 10.0  # seconds for another command to finish; each holds the ledger for milliseconds


@dataclass(frozen=True)
class Opened:
    home: Home
    database: Database
    ledger: ChainedLedger


@contextmanager
def reading(config: Config) -> Iterator[tuple[Home, Database]]:
    """For verbs that change nothing: they do not wait for each other. A home that is not there is not made."""
    home = Home.existing(config)
    try:
        state = state_of(config, home)
    except ConfigError:  # the file that it was served with is gone: a copy of a home is read anywhere
        state = config.state
    with open_state(home, state) as database:
        yield home, database


@contextmanager
def writing(config: Config, *, new: bool = False) -> Iterator[Opened]:
    """`new` is for the verbs an installation may begin with; the others have nothing to work on in a new home."""
    if not new:
        Home.existing(config)
    home = Home.prepare(config)
    with (
        open_state(home, state_of(config, home)) as database,
        ChainedLedger(home.ledger, "cli", wait=LEDGER_WAIT, rotation=config.ledger.rotation) as ledger,
    ):
        yield Opened(home, database, ledger)


@contextmanager
def writing_long(config: Config) -> Iterator[Opened]:
    """For what may take minutes: with a ledger file of its own, so that other verbs do not wait for it."""
    Home.existing(config)
    home = Home.prepare(config)
    with (
        open_state(home, state_of(config, home)) as database,
        ChainedLedger(home.ledger, "vault", wait=LEDGER_WAIT) as ledger,
    ):
        yield Opened(home, database, ledger)


def state_of(config: Config, home: Home) -> State:
    """Where the state is; without --config by the file that the home is served with."""
    source = served.noted(home) if config.source is None else None
    return config.state if source is None else load(source).state


def desk_of(opened: Opened, config: Config) -> Desk:
    return Desk(opened.database, opened.ledger, config.accumulation.thresholds)


@contextmanager
def vault_of(config: Config, home: Home, database: Database) -> Iterator[SealedVault]:
    keys = KeyRing.open(home, config.vault, database)
    pixels, blobs = config.vault.pixels == "keep", blobs_of(config.vault, home, database)
    with SealedVault(home, database, keys, config.vault.keep_for, pixels=pixels, blobs=blobs) as vault:
        yield vault


def print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=True))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A rich table on a terminal, tab-separated lines in a pipe. Values are hostile: printed as text, never markup.
    A rich Text keeps its style, and is taken to be our own words."""
    if not sys.stdout.isatty():
        for row in (columns, *rows):
            click.echo("\t".join(printable(value) for value in row))
        return
    from rich.console import Console  # a third of a second of a processor's time, for verbs that draw a table alone
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns)
    for row in rows:
        table.add_row(*(value if isinstance(value, Text) else Text(printable(value)) for value in row))
    Console().print(table)


def print_fields(fields: Iterable[tuple[str, Any]]) -> None:
    for name, value in fields:
        click.echo(f"{click.style(f'{name:<14}', bold=True)} {printable(value)}")


def printable(value: object) -> str:
    text = "" if value is None else str(value)
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
