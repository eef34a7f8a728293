"""facegate quarantine purge: what is over is destroyed; a dry run tells beforehand."""

import sys
from datetime import timedelta
from pathlib import Path

import click
from facegate_addons.domain.model import utc_now

from facegate.commands.bars import bar
from facegate.commands.opened import print_fields, print_json, print_table, reading, vault_of, writing_long
from facegate.commands.options import configured, duration, home_options, json_option
from facegate.commands.person import system_user
from facegate.errors import ConfigError
from facegate.quarantine.destruction import Due
from facegate.quarantine.expiry import complaint, preview
from facegate.quarantine.expiry import purge as purged

UNFINISHED = 1  # exit code


def _age(context: click.Context, option: click.Parameter, text: str | None) -> timedelta | None:
    return None if text is None else duration(context, option, text)


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.option("--job", metavar="ID", help="Only what this job has seen.")
@click.option(
    "--older-than", callback=_age, metavar="AGE",
    help="Also what was first seen longer ago, like 7d, though its time is not over; 0s: everything.",
)  # fmt: skip
@click.option("--reason", default="", help="Why; with --older-than. It stands in the ledger.")
@click.option("--yes", is_flag=True, help="With --older-than: do not ask.")
@json_option
@home_options
def purge(
    dry_run: bool, job: str | None, older_than: timedelta | None, reason: str, yes: bool, as_json: bool,
    config: Path | None, home: Path | None,
) -> None:  # fmt: skip
    """Destroy the keys and the bytes of every record whose time is over. The records themselves stay.

    What is held stays whole. Exit status 1: a file could not be removed; its key is destroyed all the same.
    """
    settings = configured(config, home)
    if older_than is not None and not dry_run and len(reason.strip()) < 3:
        raise ConfigError("--older-than destroys what the policy would keep; say why with --reason")
    now = utc_now()
    due = Due(now, job, None if older_than is None else now - older_than)
    with reading(settings) as (_, database):
        plan = preview(database, due)
    if dry_run:
        _show(plan, as_json)
        return
    if older_than is not None and not yes:
        if not sys.stdin.isatty():
            raise ConfigError("--older-than destroys what the policy would keep; add --yes, or look with --dry-run")
        click.confirm(f"Destroy the bytes of {plan['records']:,} records for good?", abort=True, err=True)
    with (
        writing_long(settings) as opened,
        vault_of(settings, opened.home, opened.database) as vault,
        bar("destroying") as tell,
    ):
        user = str(system_user()) if older_than is not None else ""
        done = purged(
            opened.database, opened.ledger, vault, due, user=user, reason=reason,
            tell=lambda count: tell(count, plan["records"]),
        )  # fmt: skip
    if as_json:
        failed = [{"id": id_, "why": why} for id_, why in done.swept.failed.items()]
        print_json({"purged": done.ids, "bytes": done.bytes, "held": plan["held"], "failed": failed})
    else:
        held = f" {plan['held']:,} held: they stay." if plan["held"] else ""
        over = "expired " if older_than is None else ""
        click.echo(f"Destroyed the bytes of {len(done.ids):,} {over}records.{held}")
    if wrong := complaint(done.swept):
        click.echo(f"facegate: {wrong}", err=True)
        sys.exit(UNFINISHED)


def _show(plan: dict[str, object], as_json: bool) -> None:
    if as_json:
        print_json(plan)
        return
    jobs = plan.pop("jobs")
    assert isinstance(jobs, dict)
    print_fields((name, f"{value:,}" if isinstance(value, int) else value) for name, value in plan.items())
    if jobs:
        print_table(("job", "records"), jobs.items())
