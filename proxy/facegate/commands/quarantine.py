"""facegate quarantine: what was withheld, and what people decide about it."""

import hashlib
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from facegate.commands.corrections import corrections
from facegate.commands.finding import asked, filter_options
from facegate.commands.hold import hold, unhold
from facegate.commands.opened import print_fields, print_json, print_table, reading, vault_of, writing
from facegate.commands.options import configured, given, home_options, json_option
from facegate.commands.person import deciding
from facegate.commands.person import reason as stated
from facegate.commands.purge import purge
from facegate.commands.releases import release, releases, second, withdraw
from facegate.commands.reviewing import UNNAMED, confirm, false_positive, note, reopen
from facegate.quarantine.desk import RecordsDesk
from facegate.quarantine.entries import Entry
from facegate.quarantine.plans import SORTS
from facegate.quarantine.reading import show as whole
from facegate.quarantine.reading import sightings
from facegate.quarantine.search import MOST, search
from facegate.state.private import private_file

SEEN = 20  # sightings that are shown, the newest
COLOURS = {"open": "yellow", "confirmed": "red", "false-positive": "green", "released": "cyan", "expired": "dim"}


@click.group()
def quarantine() -> None:
    """List, review, release, export and purge what was withheld."""


_DECISIONS = (confirm, false_positive, reopen, note, release, second, withdraw)
for verb in (*_DECISIONS, releases, corrections, purge, hold, unhold):
    quarantine.add_command(verb)


@quarantine.command("list")
@filter_options
@click.option("--sort", type=click.Choice(list(SORTS)), default="newest", show_default=True, help="In which order.")
@click.option("--after", default="", metavar="PLACE", help="Go on there: what the page before said.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="How many.")
@json_option
@home_options
def list_(
    sort: str, after: str, limit: int, as_json: bool, config: Path | None, home: Path | None, **looked_for: Any
) -> None:
    """List records. No picture is shown."""
    found: list[Entry] = []
    with reading(given(config, home)) as (_, database):
        page = search(database, asked(looked_for), sort, min(limit, MOST), after)
        found += page.records
        while page.next and len(found) < limit:
            page = search(database, asked(looked_for), sort, min(limit - len(found), MOST), page.next)
            found += page.records
    if as_json:
        print_json([it.as_json() for it in found])
    else:
        names = ("id", "at", "job", "host", "reason", "faces", "sightings", "state")
        print_table(names, [_row(it, names) for it in found])
    if page.next is not None:
        click.echo(f"There are more; go on with --after {page.next}", err=True)


def _row(it: Entry, names: tuple[str, ...]) -> list[Any]:
    shown: dict[str, Any] = {name: getattr(it, name) for name in names} | {"at": it.at[:19].replace("T", " ")}
    return [*(shown[name] for name in names[:-1]), Text(it.state, COLOURS[it.state])]


@quarantine.command()
@click.argument("id_", metavar="ID")
@json_option
@home_options
def show(id_: str, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Show one record, its newest sightings and its history. No picture is shown."""
    with reading(given(config, home)) as (_, database):
        shown = whole(database, id_)
        seen = sightings(database, id_, size=SEEN)
    facts = shown.as_json() | {"seen": [it.as_json() for it in seen.rows]}
    if as_json:
        print_json(facts)
        return
    beside = ("faces", "history", "releases", "correction", "revision", "has_bytes", "versions", "codings", "seen")
    print_fields((name, value) for name, value in facts.items() if name not in beside and value not in (None, ""))
    print_fields([("codings", ", ".join(facts["codings"]))] if facts["codings"] else [])
    print_fields([("versions", ", ".join(f"{name} {value}" for name, value in shown.versions.items()))])
    for face in shown.findings:
        print_fields([("face", f"{face['box']} score {face['score']:.2f} {face['where']}".rstrip())])
    for it in seen.rows:
        within = f" in request {it.request}" if it.request else ""
        print_fields([("seen", f"{it.at[:19]} by {it.job} at {it.url}{within}")])
    if shown.correction is not None:
        print_fields(
            [("passes", f"by correction {shown.correction.seq} of {shown.correction.by}: {shown.correction.why}")]
        )
    for each in shown.releases:
        print_fields([("release", f"{each.id} to {each.job} is {each.state}: {each.why}")])
    for event in shown.history:
        who = f" by {event['user']}" if event["user"] else ""
        to = f" to {event['job']}" if event["job"] else ""
        print_fields([("history", f"{event['at'][:19]} {event['event']}{to}{who} {event['note']}".rstrip())])


@quarantine.command()
@click.argument("id_", metavar="[ID]", required=False)
@click.option("-o", "output", type=click.Path(path_type=Path), required=True, help="The file to write, mode 0600.")
@click.option("--release", metavar="RELEASE", help="Deliver this granted release, once, instead of looking at ID.")
@click.option("--as", "user", help=f"Who looks: an added reviewer or admin. {UNNAMED}")
@click.option("--reason", help="Why; it stands in the record's history and in the ledger.")
@click.option("--force", is_flag=True, help="Overwrite the file.")
@json_option
@home_options
def export(
    id_: str | None,
    output: Path,
    release: str | None,
    user: str | None,
    reason: str | None,
    force: bool,
    as_json: bool,
    config: Path | None,
    home: Path | None,
) -> None:
    """Decrypt a record's bytes into a file. This reveals what was withheld, so it is logged with its reason.

    With --release the bytes are delivered to the job that they were released to: once, by whichever way is first.
    """
    if (id_ is None) == (release is None):
        raise click.UsageError("give a record's ID, or --release with the id of a granted release")
    settings = configured(config, home)
    with (
        writing(settings) as opened,
        vault_of(settings, opened.home, opened.database) as vault,
        private_file(output, force) as file,
    ):
        by = deciding(opened.database, user)
        desk = RecordsDesk(opened.database, opened.ledger, settings.accumulation.thresholds)
        if release is not None:
            body = desk.deliver_by_export(vault, release, by)
        else:
            body = desk.export(vault, str(id_), by, stated(reason))
        file.write(body)
    if as_json:
        named = {"release": release} if release is not None else {"id": id_}
        print_json({**named, "file": str(output), "size": len(body), "digest": hashlib.sha256(body).hexdigest()})
        return
    click.echo(f"Wrote {output}. It holds what was withheld: delete it when it has served its reason.")
