"""facegate accumulation: what each operator's targeted jobs add up to, and the signature that lets them go on."""

from pathlib import Path
from typing import Any

import click
from rich.text import Text

from facegate.commands.opened import print_fields, print_json, print_table, printable, reading, writing
from facegate.commands.options import configured, home_options, json_option
from facegate.commands.person import stated
from facegate.config import Config
from facegate.state import accumulation as counting
from facegate.state import users
from facegate.state.standing import PAGE, Account, Standing, account_of, list_operators
from facegate.thresholds import COUNTED, Thresholds, Totals

OVER = "bold red"
STOPPED = "stopped"


@click.group()
def accumulation() -> None:
    """See what each operator's targeted jobs add up to, and sign for it."""


@accumulation.command("list")
@click.option("--after", default="", metavar="OPERATOR", help="Go on behind this operator.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=PAGE, show_default=True, help="How many.")
@json_option
@home_options
def list_(after: str, limit: int, as_json: bool, config: Path | None, home: Path | None) -> None:
    """List the operators of targeted jobs, with what nobody signed of the window, out of what is allowed."""
    settings = configured(config, home)
    thresholds = settings.accumulation.thresholds
    with reading(settings) as (_, database):
        page = list_operators(database, thresholds, after=after, limit=limit)
    if as_json:
        print_json({"operators": [found.as_json() for found in page.standings], "next": page.next})
    else:
        rows = [
            (found.operator, _state(found), *_counts(found.unsigned, thresholds), _signed(found))
            for found in page.standings
        ]
        print_table(("operator", "releases go", *COUNTED, "last signed"), rows)
    if page.next is not None and not as_json:
        click.echo(f"There are more; go on with --after {page.next!r}", err=True)


@accumulation.command()
@click.argument("operator")
@json_option
@home_options
def show(operator: str, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Show what OPERATOR's targeted jobs add up to: over each window, job by job, and where they overlap."""
    settings = configured(config, home)
    with reading(settings) as (_, database):
        found = account_of(database, operator, settings.accumulation.thresholds)
    if as_json:
        print_json(found.as_json())
    else:
        _print_account(found, settings)


@accumulation.command()
@click.argument("operator")
@click.option("--as", "user", required=True, help="Who: an added reviewer or admin, not the operator.")
@click.option("--reason", help="Why its releases may go on; it stands in the ledger.")
@json_option
@home_options
def sign(operator: str, user: str, reason: str | None, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Sign for what OPERATOR's jobs have come to, so that releases go on. What is signed is counted no more."""
    settings = configured(config, home)
    with writing(settings) as opened:
        by = users.actor(opened.database, user)
        thresholds = settings.accumulation.thresholds
        totals = counting.sign(opened.database, opened.ledger, operator, by, stated(reason), thresholds)
    if as_json:
        print_json({"operator": operator, "signer": by.name, "signed": totals.as_json()})
        return
    click.echo(f"Signed for {operator}: {', '.join(f'{value} {name}' for name, value in totals.as_json().items())}.")
    click.echo("Its releases go on; what was signed is counted no more.")


def _print_account(found: Account, settings: Config) -> None:
    standing, thresholds = found.standing, settings.accumulation.thresholds
    facts: list[tuple[str, Any]] = [("operator", standing.operator), ("known as", ", ".join(standing.names))]
    if standing.held:
        reached = ", ".join(f"{value} {name}" for name, value in standing.why.items())
        facts += [("stopped since", standing.held), ("because of", reached)]
    if standing.signatures:
        facts += [("signatures", standing.signatures), ("last signed", _signed(standing)), ("reason", standing.reason)]
    print_fields(facts)
    if standing.held:
        click.echo(
            f"Releases go on with: facegate accumulation sign {printable(standing.operator)!r} --as USER --reason TEXT"
        )
    days = settings.accumulation.window
    rows: list[tuple[Any, ...]] = [(f"{days}, not signed", *_counts(standing.unsigned, thresholds))]
    rows += [(f"{days}, all", *_plain(standing.totals))]
    rows += [(f"{length}d, all", *_plain(t)) for length, t in found.windows.items() if f"{length}d" != days]
    click.echo()
    print_table(("window", *COUNTED), rows)
    columns = ("job", "state", "subjects", "hosts", "releases", "faces", "counted since", "until")
    jobs = [(j.id, j.state, j.subjects, j.hosts, j.releases, j.faces, j.begun[:10], j.until[:10]) for j in found.jobs]
    click.echo()
    print_table(columns, jobs)
    if found.domains:
        click.echo()
        print_table(("domain", "jobs that look into it"), [(d, ", ".join(ids)) for d, ids in found.domains.items()])
    if found.elsewhere:
        click.echo()
        print_table(("subject, also looked for", "by operator", "in job"), found.elsewhere)


def _state(found: Standing) -> str | Text:
    if found.held:
        return Text(f"{STOPPED} since {found.held[:10]}", OVER)
    return Text("over: stops next", OVER) if found.over else "on"


def _counts(totals: Totals, thresholds: Thresholds) -> list[str | Text]:
    """`3/10`; what has come to its threshold stands out."""
    cells: list[str | Text] = []
    for name, value in totals.as_json().items():
        most = getattr(thresholds, name)
        text = str(value) if most is None else f"{value}/{most}"
        cells.append(Text(text, OVER) if most is not None and value >= most else text)
    return cells


def _plain(totals: Totals) -> list[int]:
    return list(totals.as_json().values())


def _signed(found: Standing) -> str:
    return f"{found.signed[:10]} by {found.signer}" if found.signed else ""
