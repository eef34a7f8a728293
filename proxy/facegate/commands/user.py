"""facegate user: the people who approve, review and look at the console."""

import sys
from pathlib import Path

import click

from facegate.commands.opened import print_json, writing
from facegate.commands.options import configured, home_options, json_option
from facegate.state import users as desk


@click.group()
def user() -> None:
    """Add the people who approve jobs and review the quarantine."""


@user.command()
@click.argument("name")
@click.option("--role", type=click.Choice(desk.ROLES), required=True, help="Reviewers and admins approve and release.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")
@json_option
@home_options
def add(name: str, role: str, password_stdin: bool, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Add NAME. Without --password-stdin a password is made up and printed: once."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else desk.generate_password()
    with writing(configured(config, home), new=True) as opened:
        desk.add(opened.database, opened.ledger, name, role, password)
    shown = {} if password_stdin else {"password": password}
    if as_json:
        print_json({"name": name, "role": role, **shown})
        return
    click.echo(f"Added {name} as {role}.")
    if shown:
        click.echo(f"Password, shown this once: {password}")
