"""What observe mode would have withheld, printed: as a table, in a pipe, or as JSON."""

import sys
from collections.abc import Iterator

import click

from facegate.commands.opened import print_json, print_table
from facegate.reports.lines import Asked
from facegate.reports.observed import Observed


def show(found: Observed, asked: Asked, top: int, as_json: bool) -> None:
    if as_json:
        print_json(_facts(found, asked, top))
    elif sys.stdout.isatty():
        _tell(found, asked, top)
    else:
        totals = (("total", "exchanges", found.exchanges), ("total", "withheld", found.withheld))
        rows = [(by, *row) for by, rows in _sections(found, top) for row in rows]
        print_table(("by", "what", "count"), [*totals, *rows])
    for note in _notes(found):
        click.echo(f"facegate: {note}", err=True)


def _sections(found: Observed, top: int) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    yield "action", found.actions.most_common()
    yield "reason", found.reasons.most_common()
    yield "job", found.jobs.most(top)
    yield "host", found.hosts.most(top)
    yield "day", sorted(found.days.items())


def _tell(found: Observed, asked: Asked, top: int) -> None:
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
