"""facegate quarantine: what was withheld, and what people decide about it."""

import hashlib
from pathlib import Path

import click
from facegate_addons.domain.model import utc_now

from facegate.commands.opened import print_fields, print_json, print_table, reading, vault_of, writing
from facegate.commands.options import configured, given, home_options, json_option
from facegate.commands.person import person
from facegate.commands.person import reason as stated
from facegate.state import records as desk
from facegate.state.private import private_file

UNNAMED = "Without it, who runs this, as os:NAME; on a terminal it is asked."


@click.group()
def quarantine() -> None:
    """List, review, export and purge what was withheld."""


@quarantine.command("list")
@click.option("--job", help="Only of this job.")
@click.option("--state", type=click.Choice(desk.STATES), help="Only in this state.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="How many.")
@json_option
@home_options
def list_(
    job: str | None, state: str | None, limit: int, as_json: bool, config: Path | None, home: Path | None
) -> None:
    """List records, newest first. No picture is shown."""
    with reading(given(config, home)) as (_, database):
        page = desk.list_records(database, job=job, state=state, limit=limit)
    if as_json:
        print_json(page.records)
        return
    names = ("id", "at", "job", "host", "reason", "faces", "state")
    print_table(names, [[record[name] for name in names] for record in page.records])
    if page.next is not None:
        click.echo(f"There are more; see them with --limit {limit * 2}.", err=True)


@quarantine.command()
@click.argument("id_", metavar="ID")
@json_option
@home_options
def show(id_: str, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Show one record and its history. No picture is shown."""
    with reading(given(config, home)) as (_, database):
        facts = desk.as_json(*desk.show(database, id_))
    if as_json:
        print_json(facts)
        return
    faces, history = facts.pop("faces"), facts.pop("history")
    versions = ", ".join(f"{name} {value}" for name, value in facts.pop("versions").items())
    facts["codings"] = ", ".join(facts["codings"])
    print_fields((name, value) for name, value in (facts | {"versions": versions}).items() if value != "")
    for face in faces:
        print_fields([("face", f"{face['box']} score {face['score']:.2f} {face['where']}")])
    for event in history:
        who = f" by {event['user']}" if event["user"] else ""
        print_fields([("history", f"{event['at'][:19]} {event['event']}{who} {event['note']}".rstrip())])


@quarantine.command()
@click.argument("id_", metavar="ID")
@click.option("-o", "output", type=click.Path(path_type=Path), required=True, help="The file to write, mode 0600.")
@click.option("--as", "user", help=f"Who looks: an added reviewer or admin. {UNNAMED}")
@click.option("--reason", help="Why; it stands in the record's history and in the ledger.")
@click.option("--force", is_flag=True, help="Overwrite the file.")
@json_option
@home_options
def export(
    id_: str,
    output: Path,
    user: str | None,
    reason: str | None,
    force: bool,
    as_json: bool,
    config: Path | None,
    home: Path | None,
) -> None:
    """Decrypt a record's bytes into a file. This reveals what was withheld, so it is logged with its reason."""
    settings = configured(config, home)
    who, why = person(user), stated(reason)
    with (
        writing(settings) as opened,
        vault_of(settings, opened.home, opened.database) as vault,
        private_file(output, force) as file,
    ):
        body = desk.export(opened.database, opened.ledger, vault, id_, user=who, reason=why)
        file.write(body)
    if as_json:
        print_json({"id": id_, "file": str(output), "size": len(body), "digest": hashlib.sha256(body).hexdigest()})
        return
    click.echo(f"Wrote {output}. It holds what was withheld: delete it when it has served its reason.")


@quarantine.command()
@click.argument("id_", metavar="ID")
@click.option("--as", "user", help=f"Who confirms: an added user. {UNNAMED}")
@click.option("--note", default="", help="Kept in the record's history.")
@json_option
@home_options
def confirm(id_: str, user: str | None, note: str, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Confirm that it was right to withhold a record."""
    settings = configured(config, home)
    who = person(user)
    with writing(settings) as opened:
        desk.confirm(opened.database, opened.ledger, id_, who, note)
    _say(id_, "confirmed", as_json)


@quarantine.command()
@click.argument("id_", metavar="ID")
@click.option("--as", "user", help=f"Who releases: an added reviewer or admin, not the job's operator. {UNNAMED}")
@click.option("--reason", help="Why; it stands in the record's history and in the ledger.")
@click.option("--job", help="The registered job it is released to; without it, the record's own.")
@json_option
@home_options
def release(
    id_: str,
    user: str | None,
    reason: str | None,
    job: str | None,
    as_json: bool,
    config: Path | None,
    home: Path | None,
) -> None:
    """Release a record to a job, with a reason.

    This version records the release. It does not deliver it to the crawler; `export` writes the bytes to a file.
    """
    settings = configured(config, home)
    who, why = person(user), stated(reason)
    with writing(settings) as opened:
        desk.release(opened.database, opened.ledger, id_, user=who, reason=why, job=job)
    _say(id_, "released", as_json)


@quarantine.command()
@json_option
@home_options
def purge(as_json: bool, config: Path | None, home: Path | None) -> None:
    """Destroy the keys and the bytes of every record whose time is over. The records themselves stay."""
    settings = configured(config, home)
    with writing(settings) as opened, vault_of(settings, opened.home, opened.database) as vault:
        gone = desk.purge(opened.ledger, vault, utc_now())
    if as_json:
        print_json({"purged": gone})
    else:
        click.echo(f"Destroyed {len(gone)} expired records' bytes.")


def _say(id_: str, state: str, as_json: bool) -> None:
    if as_json:
        print_json({"id": id_, "state": state})
    else:
        click.echo(f"Record {id_} is {state}.")
