"""facegate job: register crawls, approve them, take them back."""

from datetime import timedelta
from pathlib import Path

import click

from facegate.commands.decisions import approve, reject, revoke, submit, withdraw
from facegate.commands.declared import apply, diff
from facegate.commands.opened import desk_of, print_fields, print_json, print_table, reading, writing
from facegate.commands.options import configured, duration, given, home_options, json_option
from facegate.commands.person import system_actor
from facegate.config import Config
from facegate.hostport import host_port
from facegate.jobs.changes import key_changes, shown
from facegate.jobs.desk import Change, Registration
from facegate.jobs.file import read_job
from facegate.jobs.record import RegisteredJob
from facegate.modes import PROXY_SCHEMES, kind
from facegate.quarantine.keys import master_key
from facegate.state import jobs as rows
from facegate.state.registry import signing_key
from facegate.state.secret import identity_secret

STATES = ("draft", "pending", "active", "approved", "exhausted", "expired", "revoked")


@click.group()
def job() -> None:
    """Register crawl jobs, approve and revoke them."""


for verb in (diff, apply, submit, withdraw, approve, reject, revoke):
    job.add_command(verb)


@job.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--draft", is_flag=True, help="Do not ask for an approval yet; `facegate job submit` does.")
@json_option
@home_options
def register(file: Path, draft: bool, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Register the job that FILE (TOML) describes, and print its token: once.

    An untargeted job is active at once. A targeted one waits until a second person approves it. Registering the same
    again changes nothing; a changed file is a new version, which waits while the approved one stays in force.
    """
    settings = configured(config, home)
    described = read_job(file, settings.job_rules)
    with writing(settings, new=True) as opened:
        done = desk_of(opened, settings).register(described, system_actor(), draft=draft)
    if as_json:
        facts = {"id": done.job.id, "token": done.token, "state": str(done.job.state), "change": str(done.change)}
        waiting = done.job.waiting
        print_json(facts | {"version": done.job.current.number, "waiting": waiting.number if waiting else None})
        return
    _say_registered(done, settings)


def _say_registered(done: Registration, settings: Config) -> None:
    found = done.job
    said = {Change.CREATED: "Registered", Change.CHANGED: "Changed", Change.UNCHANGED: "Nothing new:"}[done.change]
    click.echo(f"{said} {found.id}; it is {found.state}.")
    if done.token:
        click.echo(f"Token, shown this once: {done.token}")
        if scheme := PROXY_SCHEMES.get(kind(settings.listen.mode)):
            at = host_port(settings.listen.host, settings.listen.port)
            click.echo(f"Proxy: {scheme}://{found.id}:{done.token}@{at}")
    waiting = found.waiting
    if waiting is None:
        return
    if waiting.state == "draft":
        click.echo(f"Version {waiting.number} is a draft; ask for its approval with: facegate job submit {found.id}")
        return
    if found.in_force:
        click.echo(f"Version {found.in_force.number} stays in force until version {waiting.number} is approved.")
    click.echo(f"Another person than {found.operator} has to approve it:")
    click.echo(f"  facegate job approve {found.id} --version {waiting.number} --as USER")


@job.command("list")
@click.option("--state", type=click.Choice(STATES), help="Only in this state.")
@click.option("--operator", help="Only of this operator.")
@click.option("--after", default="", metavar="ID", help="Go on behind this job.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=1_000, show_default=True, help="How many.")
@json_option
@home_options
def list_(
    state: str | None,
    operator: str | None,
    after: str,
    limit: int,
    as_json: bool,
    config: Path | None,
    home: Path | None,
) -> None:
    """List the registered jobs, by id."""
    with reading(given(config, home)) as (_, database):
        page = rows.list_jobs(database, state=state, operator=operator, after=after, limit=limit)
    if as_json:
        print_json([entry.as_json() for entry in page.jobs])
    else:
        names = ("id", "state", "kind", "operator", "expires", "releases", "waits")
        print_table(names, [_row(entry) for entry in page.jobs])
    if page.next is not None:
        click.echo(f"There are more; go on with --after {page.next}", err=True)
    for line in page.damaged:
        click.echo(f"facegate: {line}", err=True)
    if page.damaged:
        raise click.exceptions.Exit(2)


def _row(entry: RegisteredJob) -> tuple[str, ...]:
    scope, releases = entry.job.scope, entry.spent.releases
    budget = f"{releases}/{scope.max_releases}" if scope.max_releases else str(releases)
    until = f"{scope.expires:%Y-%m-%d}" if scope.expires else ""
    waits = f"version {entry.waiting.number}" if entry.waiting and entry.in_force else ""
    return (entry.id, str(entry.state), str(scope.kind), entry.operator, until, budget, waits)


@job.command()
@click.argument("id_", metavar="ID")
@json_option
@home_options
def show(id_: str, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Show one job: its whole scope, what it has spent, its versions with who decided on them and why, and what a
    version that waits would change."""
    with reading(given(config, home)) as (_, database):
        found = database.look(lambda connection: rows.load(connection, id_))
    if as_json:
        print_json(found.as_json(versions=True))
        return
    _print_job(found)


def _print_job(found: RegisteredJob) -> None:
    facts = found.as_json()
    scope, conditions, spent = facts.pop("scope"), facts.pop("conditions", {}), facts.pop("spent")
    sentence = facts.pop("assessment")["sentence"]
    del facts["releases"]  # stands in `spent`, too
    facts["token"] = "yes" if facts.pop("has_token") else "none; make one with: facegate job token ID"
    answers = {f"conditions.{name}": value for name, value in conditions.items()}
    fields = {**facts, **scope, **answers, "spent": ", ".join(f"{value} {name}" for name, value in spent.items())}
    fields[f"assessment of {found.waiting.number}" if found.waiting and found.in_force else "assessment"] = sentence
    print_fields((name, shown(value)) for name, value in fields.items() if value not in (None, ""))
    names = ("version", "state", "author", "at", "decider", "decided", "why")
    listed = [version.as_json() for version in found.versions]
    click.echo()
    print_table(names, [[version[name] for name in names] for version in listed])
    if found.waiting and found.in_force:
        changes = key_changes(found.in_force.job, found.waiting.job)
        click.echo()
        columns = ("key", f"version {found.in_force.number}, in force", f"version {found.waiting.number}, waiting")
        print_table(columns, [(it.key, shown(it.old), shown(it.new)) for it in changes])


@job.command()
@click.argument("id_", metavar="ID")
@click.option("--overlap", callback=duration, default="0s", help="How long the old token stays good, like 1h.")
@json_option
@home_options
def token(id_: str, overlap: timedelta, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Replace a job's token, and print the new one: once."""
    settings = configured(config, home)
    with writing(settings) as opened:
        fresh = desk_of(opened, settings).rotate_token(id_, system_actor(), overlap)
    if as_json:
        print_json({"id": id_, "token": fresh})
    else:
        click.echo(f"Token, shown this once: {fresh}")


@job.command("signing-key")
@click.argument("id_", metavar="ID")
@json_option
@home_options
def signing_key_(id_: str, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Print the key that a crawler signs single requests with. It changes with the job's token."""
    settings = configured(config, home)
    with writing(settings) as opened:
        found = desk_of(opened, settings).show(id_)
        secret = identity_secret(opened.database, master_key(opened.home, settings.vault, opened.database))
        opened.ledger.append_now({"event": "job-signing-key-shown", "job": id_, "by": str(system_actor().name)})
    key = signing_key(secret, found.id, found.generation).hex()
    if as_json:
        print_json({"id": id_, "signing_key": key})
    else:
        click.echo(key)
