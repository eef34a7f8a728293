"""facegate quarantine release, second, withdraw, releases: let a record through to one job, once."""

from pathlib import Path

import click

from facegate.commands.opened import print_json, print_table, reading, writing
from facegate.commands.options import configured, given, home_options, json_option
from facegate.commands.person import deciding
from facegate.commands.person import reason as asked
from facegate.commands.reviewing import record_options
from facegate.quarantine.desk import RecordsDesk
from facegate.quarantine.entries import Release
from facegate.quarantine.reading import RELEASE_STATES
from facegate.quarantine.reading import releases as listed

job_option = click.option("--job", help="The registered job it is released to; without it, the record's own.")
which_option = click.option("--job", help="To which job, where there are several.")


@click.command()
@record_options
@click.option("--reason", help="Why; it stands in the record's history and in the ledger.")
@job_option
def release(
    id_: str,
    user: str | None,
    reason: str | None,
    job: str | None,
    as_json: bool,
    config: Path | None,
    home: Path | None,
) -> None:
    """Release a record to a job, with a reason. It is delivered once.

    For an untargeted job, and outside a targeted one's scope, a second person has to stand behind it: `facegate
    quarantine second`. Nobody releases to a job of their own. The crawler then has it with the header
    `Facegate-Release: ID`, or `facegate quarantine export --release RELEASE` writes it to a file.
    """
    with writing(configured(config, home)) as opened:
        by, why = deciding(opened.database, user), asked(reason)
        done = RecordsDesk(opened.database, opened.ledger).ask_release(id_, by, why, job=job)
    _say(done, as_json)


@click.command()
@record_options
@click.option("--reason", default="", help="Why; it stands beside the first person's.")
@which_option
def second(
    id_: str, user: str | None, reason: str, job: str | None, as_json: bool, config: Path | None, home: Path | None
) -> None:
    """Stand behind a release that waits. ID is the record's, or the release's.

    It takes an added reviewer or admin, who neither asked for it nor runs the job.
    """
    with writing(configured(config, home)) as opened:
        by = deciding(opened.database, user)
        done = RecordsDesk(opened.database, opened.ledger).second_release(id_, by, reason, job=job)
    _say(done, as_json)


@click.command()
@record_options
@click.option("--reason", default="", help="Why; it stands in the record's history and in the ledger.")
@which_option
def withdraw(
    id_: str, user: str | None, reason: str, job: str | None, as_json: bool, config: Path | None, home: Path | None
) -> None:
    """Take a release back before it is delivered. ID is the record's, or the release's."""
    with writing(configured(config, home)) as opened:
        by = deciding(opened.database, user)
        done = RecordsDesk(opened.database, opened.ledger).withdraw_release(id_, by, reason, job=job)
    _say(done, as_json)


def _say(done: Release, as_json: bool) -> None:
    if as_json:
        state = "released" if done.state == "granted" else done.state
        print_json({"id": done.record, "state": state, "release": done.id, "job": done.job})
        return
    match done.state:
        case "waiting":
            click.echo(f"Record {done.record} waits: a second person has to stand behind its release to {done.job}.")
            click.echo(f"  facegate quarantine second {done.record} --as USER")
        case "granted":
            click.echo(f"Record {done.record} is released to {done.job}, once. The crawler sends, to get it:")
            click.echo(f"  Facegate-Release: {done.record}")
            click.echo(f"or: facegate quarantine export --release {done.id} -o FILE")
        case _:
            click.echo(f"The release of record {done.record} to {done.job} is {done.state}.")


@click.command()
@click.option("--state", type=click.Choice(RELEASE_STATES), help="Only in this state; `waiting`: for a second person.")
@click.option("--job", help="Only to this job.")
@click.option("--after", default="", help="Go on behind this one; printed where there are more.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="How many.")
@json_option
@home_options
def releases(
    state: str | None, job: str | None, after: str, limit: int, as_json: bool, config: Path | None, home: Path | None
) -> None:
    """List releases, the first ones asked for first."""
    with reading(given(config, home)) as (_, database):
        found, following = listed(database, state=state, job=job, size=limit, after=after)
    if as_json:
        print_json([it.as_json() for it in found])
    else:
        names = ("id", "record", "job", "state", "asked_by", "asked", "why", "seconded_by", "ended")
        print_table(names, [[getattr(it, name) for name in names] for it in found])
    if following is not None:
        click.echo(f"There are more; go on with --after '{following}'", err=True)
