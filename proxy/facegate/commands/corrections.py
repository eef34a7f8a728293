"""facegate quarantine corrections: the bodies that pass because somebody found no face in them."""

from pathlib import Path

import click

from facegate.commands.opened import print_json, print_table, reading, writing
from facegate.commands.options import configured, given, home_options, json_option
from facegate.commands.person import deciding, stated
from facegate.commands.reviewing import UNNAMED, say
from facegate.quarantine import reading as quarantine
from facegate.quarantine.desk import RecordsDesk


@click.group()
def corrections() -> None:
    """List and revoke what passes as a false positive."""


@corrections.command("list")
@click.option("--all", "all_", is_flag=True, help="Also those that were revoked.")
@click.option("--before", type=int, metavar="NUMBER", help="Go on behind this one.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="How many.")
@json_option
@home_options
def list_(all_: bool, before: int | None, limit: int, as_json: bool, config: Path | None, home: Path | None) -> None:
    """List corrections, newest first."""
    with reading(given(config, home)) as (_, database):
        page = quarantine.corrections(database, in_force=None if all_ else True, size=limit, before=before)
    if as_json:
        print_json([it.as_json() for it in page.rows])
    else:
        names = ("seq", "at", "record", "digest", "by", "why", "revoked")
        print_table(names, [[getattr(it, name) for name in names] for it in page.rows])
    if page.next is not None:
        click.echo(f"There are more; go on with --before {page.next}", err=True)


@corrections.command()
@click.argument("number", type=int)
@click.option("--as", "user", help=f"Who: an added reviewer or admin. {UNNAMED}")
@click.option("--reason", help="Why; it stands in the record's history and in the ledger.")
@json_option
@home_options
def revoke(
    number: int, user: str | None, reason: str | None, as_json: bool, config: Path | None, home: Path | None
) -> None:
    """Revoke correction NUMBER: its body is withheld again, within a second."""
    with writing(configured(config, home)) as opened:
        by, why = deciding(opened.database, user), stated(reason)
        done = RecordsDesk(opened.database, opened.ledger).revoke_correction(number, by, why)
    say(done, as_json)
