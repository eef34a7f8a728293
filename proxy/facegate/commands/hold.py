"""facegate quarantine hold, unhold: what may not expire, and why."""

from pathlib import Path

import click

from facegate.commands.opened import print_json, writing
from facegate.commands.options import configured, home_options, json_option
from facegate.commands.person import person, stated
from facegate.quarantine import holds

WHO = "Who: an added reviewer or admin. Without it, who runs this, as os:NAME; on a terminal it is asked."


@click.command()
@click.argument("id_", metavar="ID")
@click.option("--as", "user", help=WHO)
@click.option("--reason", help="Which claim or order needs it; it stands in the record and in the ledger.")
@json_option
@home_options
def hold(id_: str, user: str | None, reason: str | None, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Hold a record: it does not expire, and nobody erases it, until `unhold`."""
    settings = configured(config, home)
    who, why = person(user), stated(reason)
    with writing(settings) as opened:
        holds.hold(opened.database, opened.ledger, id_, user=who, reason=why)
    if as_json:
        print_json({"id": id_, "hold": why})
    else:
        click.echo(f"Record {id_} is held.")


@click.command()
@click.argument("id_", metavar="ID")
@click.option("--as", "user", help=WHO)
@click.option("--reason", help="Why no longer; it stands in the record's history and in the ledger.")
@json_option
@home_options
def unhold(
    id_: str, user: str | None, reason: str | None, as_json: bool, config: Path | None, home: Path | None
) -> None:
    """Lift a hold. What has expired meanwhile goes with the next purge."""
    settings = configured(config, home)
    who, why = person(user), stated(reason)
    with writing(settings) as opened:
        over = holds.unhold(opened.database, opened.ledger, id_, user=who, reason=why)
    if as_json:
        print_json({"id": id_, "hold": None, "due": over})
    else:
        click.echo(f"Record {id_} is held no longer.{' Its time is over: the next purge takes it.' if over else ''}")
