"""facegate report: what the ledger adds up to. So far: what observe mode would have withheld."""

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click
from facegate_addons.domain.model import utc_now
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from facegate.commands.opened import print_json, print_table
from facegate.commands.options import given, home_options, json_option
from facegate.config import NOT_YET
from facegate.errors import ConfigError
from facegate.moments import parse_moment
from facegate.state.home import Home
from facegate.state.observed import Asked, Observed, observed, size


@click.command()
@click.option("--observed", "of_observe", is_flag=True, help="What would have been withheld, while nothing was.")
@click.option("--job", metavar="ID", help="Of this job only.")
@click.option("--since", metavar="WHEN", help="From then on: 7d (ago), 2026-03-01 or 2026-03-01T06:00Z.")
@click.option("--until", metavar="WHEN", help="Before then; written likewise.")
@click.option("--top", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many jobs and hosts.")
@click.option("--all", "of_all", is_flag=True, help=f"Of all jobs, as a page; {NOT_YET}.")
@click.option("-o", "output", type=click.Path(path_type=Path), help=f"The page to write; {NOT_YET}.")
@json_option
@home_options
def report(
    of_observe: bool,
    job: str | None,
    since: str | None,
    until: str | None,
    top: int,
    of_all: bool,
    output: Path | None,
    as_json: bool,
    config: Path | None,
    home: Path | None,
) -> None:
    """Add up what the ledger says: with --observed, what observe mode passed and enforce mode would have withheld."""
    if of_all or output is not None or not of_observe:
        what = "--all" if of_all else "-o" if output is not None else "report without --observed"
        raise ConfigError(f"{what} {NOT_YET}; use facegate report --observed [--job ID] [--since WHEN] [--until WHEN]")
    asked = _asked(job, since, until)
    folder = Home.existing(given(config, home)).ledger
    with _bar() as bar:
        task = bar.add_task("", total=size(folder))
        found = observed(folder, asked, lambda read: bar.advance(task, read))
    if as_json:
        print_json(_facts(found, asked, top))
    elif sys.stdout.isatty():
        _show(found, asked, top)
    else:
        totals = (("total", "exchanges", found.exchanges), ("total", "withheld", found.withheld))
        rows = [(by, *row) for by, rows in _sections(found, top) for row in rows]
        print_table(("by", "what", "count"), [*totals, *rows])
    for note in _notes(found):
        click.echo(f"facegate: {note}", err=True)


def _asked(job: str | None, since: str | None, until: str | None) -> Asked:
    now = utc_now()
    begins, ends = _moment("--since", since, now), _moment("--until", until, now)
    if begins is not None and ends is not None and begins >= ends:
        raise ConfigError("--since has to be before --until")
    return Asked(job, begins, ends)


def _moment(option: str, text: str | None, now: datetime) -> datetime | None:
    try:
        return None if text is None else parse_moment(text, now)
    except ValueError as error:
        raise ConfigError(f"{option}: {error}") from None


def _bar() -> Progress:
    return Progress(
        TextColumn("reading"), BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=Console(stderr=True),
        transient=True, disable=not sys.stderr.isatty(), redirect_stdout=False, redirect_stderr=False,
    )  # fmt: skip


def _sections(found: Observed, top: int) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    yield "action", found.actions.most_common()
    yield "reason", found.reasons.most_common()
    yield "job", found.jobs.most(top)
    yield "host", found.hosts.most(top)
    yield "day", sorted(found.days.items())


def _show(found: Observed, asked: Asked, top: int) -> None:
    if not found.exchanges:
        click.echo("Nothing was decided in observe mode" + (" there." if asked != Asked() else "."))
        return
    click.echo(
        f"{found.withheld:,} of {found.exchanges:,} exchanges in observe mode would have been withheld"
        f" ({found.first[:19]} to {found.last[:19]} UTC)."
    )
    for by, rows in _sections(found, top):
        if rows:
            shares = [(what, f"{count:,}", f"{count / found.withheld:.1%}") for what, count in rows]
            print_table((by, "withheld", "share"), shares)


def _facts(found: Observed, asked: Asked, top: int) -> dict[str, object]:
    by = {name: dict(rows) for name, rows in _sections(found, top)}
    return {
        "job": asked.job,
        "since": asked.since.isoformat() if asked.since else None,
        "until": asked.until.isoformat() if asked.until else None,
        "exchanges": found.exchanges,
        "withheld": found.withheld,
        "first": found.first,
        "last": found.last,
        "actions": by["action"],
        "reasons": by["reason"],
        "jobs": by["job"],
        "hosts": by["host"],
        "days": by["day"],
        "missed": {"jobs": found.jobs.missed, "hosts": found.hosts.missed},
        "damaged": found.damaged,
    }


def _notes(found: Observed) -> Iterator[str]:
    for what, missed in (("jobs", found.jobs.missed), ("hosts", found.hosts.missed)):
        if missed:
            yield f"there are many {what}: their counts may be up to {missed:,} too low"
    if found.damaged:
        yield f"{found.damaged:,} damaged lines were left out; `facegate ledger verify` says where"
