"""facegate job submit, withdraw, approve, reject, revoke: what people decide about a job."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from facegate.commands.opened import desk_of, print_json, writing
from facegate.commands.options import configured, home_options, json_option
from facegate.commands.person import stated, system_actor, system_user
from facegate.jobs.record import RegisteredJob
from facegate.state import users

reason_option = click.option("--reason", help="Why; it stands in the ledger.")


def decision_options[F: Callable[..., Any]](function: F) -> F:
    """Adds ID, --as, --version, --reason, --json and the options of every verb."""
    for option in (
        home_options,
        json_option,
        reason_option,
        click.option("--version", type=int, help="The version that was looked at; no other is decided on."),
        click.option("--as", "user", required=True, help="Who: an added reviewer or admin, not the job's operator."),
        click.argument("id_", metavar="ID"),
    ):
        function = option(function)
    return function


@click.command()
@click.argument("id_", metavar="ID")
@json_option
@home_options
def submit(id_: str, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Ask for the approval of a draft. It is frozen from here on."""
    settings = configured(config, home)
    with writing(settings) as opened:
        done = desk_of(opened, settings).submit(id_, system_actor())
    _say(as_json, done, f"Submitted {done.id}; it is {done.state}.")


@click.command()
@click.argument("id_", metavar="ID")
@click.option("--version", type=int, help="The version that was looked at; no other is withdrawn.")
@json_option
@home_options
def withdraw(id_: str, version: int | None, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Take back what waits, as a draft or for its approval. What is in force stays there."""
    settings = configured(config, home)
    with writing(settings) as opened:
        done = desk_of(opened, settings).withdraw(id_, system_actor(), version=version)
    _say(as_json, done, f"Withdrew what waited of {done.id}; it is {done.state}.")


@click.command()
@decision_options
def approve(
    id_: str,
    user: str,
    version: int | None,
    reason: str | None,
    as_json: bool,
    config: Path | None,
    home: Path | None,
) -> None:
    """Approve what waits of a targeted job. What is approved is frozen."""
    settings = configured(config, home)
    with writing(settings) as opened:
        by = users.actor(opened.database, user, f"cli, {system_user()}")
        done = desk_of(opened, settings).approve(id_, by, version=version, why=reason or "")
    if as_json:
        facts = {"id": done.job.id, "state": str(done.job.state), "version": done.job.current.number}
        print_json({**facts, "over": done.over})
        return
    click.echo(f"Approved {done.job.id}, version {done.job.current.number}; it is {done.job.state}.")
    for name, value in done.over.items():
        click.echo(f"{done.job.operator}'s targeted jobs add up to {value} {name}: over the threshold.", err=True)
    if done.over:
        click.echo("Their releases are stopped until a reviewer signs:", err=True)
        click.echo(f"  facegate accumulation sign {done.job.operator!r} --as USER --reason TEXT", err=True)


@click.command()
@decision_options
def reject(
    id_: str,
    user: str,
    version: int | None,
    reason: str | None,
    as_json: bool,
    config: Path | None,
    home: Path | None,
) -> None:
    """Reject what waits of a targeted job. Its operator may register another version."""
    settings = configured(config, home)
    with writing(settings) as opened:
        by = users.actor(opened.database, user, f"cli, {system_user()}")
        done = desk_of(opened, settings).reject(id_, by, stated(reason), version=version)
    _say(as_json, done, f"Rejected what waited of {done.id}; it is {done.state}.")


@click.command()
@click.argument("id_", metavar="ID")
@reason_option
@json_option
@home_options
def revoke(id_: str, reason: str | None, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Revoke a job, for good. Running gateways refuse it within a second."""
    settings = configured(config, home)
    with writing(settings) as opened:
        desk_of(opened, settings).revoke(id_, system_actor(), reason or "")
    if as_json:
        print_json({"id": id_, "state": "revoked"})
    else:
        click.echo(f"Revoked {id_}.")


def _say(as_json: bool, found: RegisteredJob, text: str) -> None:
    if as_json:
        print_json({"id": found.id, "state": str(found.state)})
    else:
        click.echo(text)
