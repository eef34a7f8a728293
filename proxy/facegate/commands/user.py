"""facegate user: the people who approve, review and look at the console."""

import sys
from datetime import timedelta
from pathlib import Path

import click

from facegate.commands.opened import print_json, print_table, reading, writing
from facegate.commands.options import duration, given, home_options, json_option
from facegate.commands.person import system_actor
from facegate.state import apitokens
from facegate.state import users as desk

role_option = click.option("--role", type=click.Choice(desk.ROLES), required=True, help="Reviewers and admins approve.")
stdin_option = click.option("--password-stdin", is_flag=True, help="Read it from standard input's first line.")


@click.group()
def user() -> None:
    """Add the people who approve jobs, review the quarantine and use the API."""


@user.command()
@click.argument("name")
@role_option
@stdin_option
@json_option
@home_options
def add(name: str, role: str, password_stdin: bool, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Add NAME. Without --password-stdin a password is made up and printed: once."""
    password, shown = _password(password_stdin)
    with writing(given(config, home), new=True) as opened:
        desk.add(opened.database, opened.ledger, name, role, password, system_actor())
    _say(as_json, f"Added {name} as {role}.", {"name": name, "role": role}, shown)


@user.command("list")
@json_option
@home_options
def list_(as_json: bool, config: Path | None, home: Path | None) -> None:
    """List the users, by name."""
    with reading(given(config, home)) as (_, database):
        people = desk.list_users(database)
    if as_json:
        print_json([{"name": it.name, "role": it.role, "added": it.added} for it in people])
    else:
        print_table(("name", "role", "added"), [(it.name, it.role, it.added) for it in people])


@user.command()
@click.argument("name")
@stdin_option
@json_option
@home_options
def passwd(name: str, password_stdin: bool, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Replace NAME's password. Without --password-stdin one is made up and printed: once."""
    password, shown = _password(password_stdin)
    with writing(given(config, home)) as opened:
        desk.set_password(opened.database, opened.ledger, name, password, system_actor())
    _say(as_json, f"Replaced the password of {name}.", {"name": name}, shown)


@user.command()
@click.argument("name")
@role_option
@json_option
@home_options
def role(name: str, role: str, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Give NAME another role. It counts at their next request."""
    with writing(given(config, home)) as opened:
        desk.set_role(opened.database, opened.ledger, name, role, system_actor())
    _say(as_json, f"{name} is {role} now.", {"name": name, "role": role})


@user.command()
@click.argument("name")
@json_option
@home_options
def remove(name: str, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Remove NAME, with all their tokens. What they decided stays, under their name."""
    with writing(given(config, home)) as opened:
        desk.remove(opened.database, opened.ledger, name, system_actor())
    _say(as_json, f"Removed {name}.", {"name": name})


@user.command()
@click.argument("name")
@click.option(
    "--scope", "scopes", type=click.Choice(apitokens.SCOPES), multiple=True, required=True, help="May be repeated."
)
@click.option("--expires", callback=duration, default="90d", show_default=True, help="How long it lasts; at most 366d.")
@json_option
@home_options
def token(
    name: str, scopes: tuple[str, ...], expires: timedelta, as_json: bool, config: Path | None, home: Path | None
) -> None:
    """Make a token for the HTTP API that acts as NAME, and print it: once.

    It may do what its scopes say, as far as NAME's role may.
    """
    with writing(given(config, home)) as opened:
        made, text = apitokens.make(opened.database, opened.ledger, name, scopes, expires, system_actor())
    if as_json:
        print_json({**made.as_json(), "token": text})
        return
    click.echo(f"Made token {made.id} for {made.user}; it expires on {made.expires:%Y-%m-%d}.")
    click.echo(f"Token, shown this once: {text}")


@user.command()
@click.argument("name", required=False)
@json_option
@home_options
def tokens(name: str | None, as_json: bool, config: Path | None, home: Path | None) -> None:
    """List the API's tokens, those of NAME or all: never the tokens themselves."""
    with reading(given(config, home)) as (_, database):
        found = [it.as_json() for it in apitokens.list_tokens(database, name)]
    if as_json:
        print_json(found)
        return
    names = ("id", "user", "scopes", "expires", "used")
    print_table(names, [[" ".join(v) if isinstance(v := it[key], list) else v for key in names] for it in found])


@user.command("revoke-token")
@click.argument("id_", metavar="ID")
@json_option
@home_options
def revoke_token(id_: str, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Revoke a token of the API by its ID, which `facegate user tokens` shows."""
    with writing(given(config, home)) as opened:
        whose = apitokens.revoke(opened.database, opened.ledger, id_, system_actor())
    _say(as_json, f"Revoked token {id_} of {whose}.", {"id": id_, "user": whose})


def _password(from_stdin: bool) -> tuple[str, dict[str, str]]:
    """The password, and what to show of it."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n"), {}
    password = desk.generate_password()
    return password, {"password": password}


def _say(as_json: bool, text: str, facts: dict[str, str], shown: dict[str, str] | None = None) -> None:
    if as_json:
        print_json(facts | (shown or {}))
        return
    click.echo(text)
    if shown:
        click.echo(f"Password, shown this once: {shown['password']}")
