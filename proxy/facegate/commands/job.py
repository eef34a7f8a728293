"""facegate job: register crawls, approve them, take them back."""

from pathlib import Path

import click

from facegate.commands.opened import print_fields, print_json, print_table, reading, writing
from facegate.commands.options import configured, home_options, json_option
from facegate.jobs.file import read_job
from facegate.state import jobs as desk


@click.group()
def job() -> None:
    """Register crawl jobs, approve and revoke them."""


@job.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@home_options
def register(file: Path, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Register the job that FILE (TOML) describes, and print its token: once.

    An untargeted job is active at once. A targeted one waits until a second person approves it.
    """
    described = read_job(file)
    settings = configured(config, home)
    with writing(settings, new=True) as opened:
        registered, token = desk.register(opened.database, opened.ledger, described)
    if as_json:
        print_json({"id": registered.id, "token": token, "state": str(registered.state)})
        return
    click.echo(f"Registered {registered.id}; it is {registered.state}.")
    click.echo(f"Token, shown this once: {token}")
    click.echo(f"Proxy: http://{registered.id}:{token}@{settings.listen.host}:{settings.listen.port}")
    if registered.state == "pending":
        click.echo(f"Another person than {registered.operator} has to approve it:")
        click.echo(f"  facegate job approve {registered.id} --as USER")


@job.command("list")
@json_option
@home_options
def list_(as_json: bool, config: Path | None, home: Path | None) -> None:
    """List the registered jobs."""
    with reading(configured(config, home)) as (_, database):
        found, damaged = desk.list_jobs(database)
    if as_json:
        print_json([entry.as_json() for entry in found])
    else:
        rows = []
        for entry in found:
            scope = entry.job.scope
            budget = f"{entry.releases}/{scope.max_releases}" if scope.max_releases else str(entry.releases)
            until = f"{scope.expires:%Y-%m-%d}" if scope.expires else ""
            rows.append((entry.job.id, entry.job.state, scope.kind, entry.job.operator, until, budget))
        print_table(("id", "state", "kind", "operator", "expires", "releases"), rows)
    for line in damaged:
        click.echo(f"facegate: {line}", err=True)
    if damaged:
        raise click.exceptions.Exit(2)


@job.command()
@click.argument("id_", metavar="ID")
@json_option
@home_options
def show(id_: str, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Show one job with its whole scope."""
    with reading(configured(config, home)) as (_, database):
        facts = desk.show(database, id_).as_json()
    if as_json:
        print_json(facts)
        return
    scope = facts.pop("scope")
    joined = {name: ", ".join(value) if isinstance(value, list) else value for name, value in scope.items()}
    print_fields((name, value) for name, value in (facts | joined).items() if value not in (None, ""))


@job.command()
@click.argument("id_", metavar="ID")
@click.option("--as", "user", required=True, help="Who approves: an added reviewer or admin, not the job's operator.")
@json_option
@home_options
def approve(id_: str, user: str, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Approve a pending targeted job. What is approved is frozen."""
    with writing(configured(config, home)) as opened:
        approved = desk.approve(opened.database, opened.ledger, id_, user)
    if as_json:
        print_json({"id": approved.id, "state": str(approved.state)})
    else:
        click.echo(f"Approved {approved.id}; it is {approved.state}.")


@job.command()
@click.argument("id_", metavar="ID")
@json_option
@home_options
def revoke(id_: str, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Revoke a job, for good. Running gateways refuse it within a second."""
    with writing(configured(config, home)) as opened:
        desk.revoke(opened.database, opened.ledger, id_)
    if as_json:
        print_json({"id": id_, "state": "revoked"})
    else:
        click.echo(f"Revoked {id_}.")


@job.command()
@click.argument("id_", metavar="ID")
@json_option
@home_options
def token(id_: str, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Replace a job's token, and print the new one: once."""
    with writing(configured(config, home)) as opened:
        fresh = desk.rotate_token(opened.database, opened.ledger, id_)
    if as_json:
        print_json({"id": id_, "token": fresh})
    else:
        click.echo(f"Token, shown this once: {fresh}")
