"""facegate quarantine confirm, false-positive, reopen, note: what a reviewer says of records, of one or of many."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from facegate.commands.finding import asked, filter_options
from facegate.commands.opened import print_json, print_table, writing
from facegate.commands.options import configured, home_options, json_option
from facegate.commands.person import deciding, stated
from facegate.errors import Conflict
from facegate.quarantine import bulk
from facegate.quarantine.desk import RecordsDesk
from facegate.quarantine.filters import Filter
from facegate.quarantine.lifecycle import Verb
from facegate.quarantine.work import Decided

UNNAMED = "Without it, who runs this, as os:NAME; on a terminal it is asked."


def record_options[F: Callable[..., Any]](function: F) -> F:
    """Adds ID, --as, --json and the options of every verb."""
    for option in (
        home_options,
        json_option,
        click.option("--as", "user", help=f"Who decides: an added reviewer or admin. {UNNAMED}"),
        click.argument("id_", metavar="ID"),
    ):
        function = option(function)
    return function


def many_options[F: Callable[..., Any]](function: F) -> F:
    """Adds IDs or --all with what they are found by, --as, --json and the options of every verb."""
    for option in (
        home_options,
        json_option,
        filter_options,
        click.option("--all", "all_", is_flag=True, help=f"All that the filters find, at most {bulk.MOST} in one go."),
        click.option("--as", "user", help=f"Who decides: an added reviewer or admin. {UNNAMED}"),
        click.argument("ids", metavar="[ID]...", nargs=-1),
    ):
        function = option(function)
    return function


@click.command()
@many_options
@click.option("--note", "--reason", help="Why; kept in the records' history, and demanded for several.")
def confirm(note: str | None, **told: Any) -> None:
    """Confirm that it was right to withhold records."""
    _decide(Verb.CONFIRM, lambda: note or "", told)


@click.command("false-positive")
@many_options
@click.option("--reason", help="Why there is no face; it stands in the records' history and in the ledger.")
def false_positive(reason: str | None, **told: Any) -> None:
    """There is no face: these bodies pass from now on, for every job.

    It takes an added reviewer or admin who runs none of the jobs that a body was withheld from. `reopen` takes it back.
    """
    _decide(Verb.FALSE_POSITIVE, lambda: stated(reason), told)


@click.command()
@many_options
@click.option("--reason", help="Why; kept in the records' history, and demanded for several.")
def reopen(reason: str | None, **told: Any) -> None:
    """Undo decisions: revoke the correction, withdraw the releases. What was delivered stays delivered."""
    _decide(Verb.REOPEN, lambda: reason or "", told)


@click.command()
@record_options
@click.argument("text")
def note(id_: str, text: str, user: str | None, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Write TEXT into a record's history."""
    with writing(configured(config, home)) as opened:
        done = RecordsDesk(opened.database, opened.ledger).note(id_, deciding(opened.database, user), text)
    say(done, as_json)


def say(done: Decided, as_json: bool) -> None:
    say_state(done.id, done.state, as_json)


def say_state(record: str, state: str, as_json: bool) -> None:
    if as_json:
        print_json({"id": record, "state": state})
    else:
        click.echo(f"Record {record} is {state}.")


def _decide(verb: Verb, why: Callable[[], str], told: dict[str, Any]) -> None:
    """On one record, or on many: then row by row, and exit 1 where some were refused."""
    ids, all_, user, as_json, config, home = (
        told.pop(name) for name in ("ids", "all_", "user", "as_json", "config", "home")
    )
    looked_for = asked(told)
    if bool(ids) == all_ or (ids and looked_for != Filter()):
        raise click.UsageError("give records' IDs, or --all with what they are found by, like --job JOB")
    with writing(configured(config, home)) as opened:
        by, said = deciding(opened.database, user), why()
        desk = RecordsDesk(opened.database, opened.ledger)
        if all_:
            ids = bulk.snapshot(opened.database, looked_for)
        rows = bulk.decide(desk, verb, ids, by, said) if ids else []
    if len(ids) == 1 and not all_:
        if not rows[0].done:
            raise Conflict(rows[0].why)
        say_state(rows[0].id, rows[0].state, as_json)
        return
    if as_json:
        print_json([row.as_json() for row in rows])
    else:
        print_table(
            ("id", "done", "state", "why"), [(it.id, "yes" if it.done else "no", it.state, it.why) for it in rows]
        )
        click.echo(f"{sum(row.done for row in rows)} of {len(rows)} done.", err=True)
    if not all(row.done for row in rows):
        raise click.exceptions.Exit(1)
