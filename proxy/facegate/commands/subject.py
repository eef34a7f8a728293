"""facegate subject: what a person may ask for who is seen in something that was withheld."""

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from facegate.commands.opened import print_json, print_table, reading, vault_of, writing
from facegate.commands.options import configured, home_options, json_option
from facegate.commands.person import person, stated
from facegate.config import Config
from facegate.errors import ConfigError
from facegate.quarantine.disclosure import disclose
from facegate.quarantine.erasure import erase as erased
from facegate.quarantine.expiry import complaint
from facegate.quarantine.keys import master_key
from facegate.quarantine.subject import MOST, Asked
from facegate.quarantine.subject import find as found
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.private import private_file
from facegate.state.secret import erasure_secret

NOT_ALL = 1  # exit code
WHO = "Who: an added reviewer or admin. Without it, who runs this, as os:NAME; on a terminal it is asked."


def _asked[F: Callable[..., Any]](function: F) -> F:
    for option in (
        click.option("--record", "records", multiple=True, metavar="ID", help="A record; may be given several times."),
        click.option("--file", type=click.Path(path_type=Path), help="The picture; its digest is taken here."),
        click.option("--digest", default="", metavar="SHA256", help="The picture's digest."),
        click.option("--host", default="", help="Whatever was seen on this host."),
        click.option("--prefix", default="", metavar="URL", help="Whatever was seen at an address that begins so."),
        click.option("--url", default="", help="Whatever was seen at this address."),
    ):
        function = option(function)
    return function


@click.group()
def subject() -> None:
    """Answer a person who is seen in something that was withheld: find, export, erase."""


@subject.command()
@_asked
@json_option
@home_options
def find(
    url: str, prefix: str, host: str, digest: str, file: Path | None, records: tuple[str, ...], as_json: bool,
    config: Path | None, home: Path | None,
) -> None:  # fmt: skip
    """Find records by address or digest, oldest first. No picture is shown. Exit status 1: none.

    What was erased is found by its digest, or the picture itself, and says so.
    """
    settings = configured(config, home)
    with reading(settings) as (place, database):
        entries = _look(settings, place, database, _asking(url, prefix, host, digest, file, records))
    if as_json:
        print_json(entries)
    elif entries:
        names = ("id", "at", "last", "sightings", "jobs", "state", "bytes", "url")
        print_table(names, [[_cell(entry, name) for name in names] for entry in entries])
    else:
        click.echo("Nothing is known of it.")
    if len(entries) == MOST:
        click.echo(f"These are the first {MOST:,}; ask for something narrower for the others.", err=True)
    if not entries:
        sys.exit(NOT_ALL)


@subject.command()
@_asked
@click.option("-o", "output", type=click.Path(path_type=Path), required=True, help="The zip to write, mode 0600.")
@click.option("--pixels", is_flag=True, help="With the bytes. This reveals what was withheld.")
@click.option("--as", "user", help=WHO)
@click.option("--reason", help="Why; it stands in each record's history and in the ledger.")
@click.option("--force", is_flag=True, help="Overwrite the file.")
@json_option
@home_options
def export(
    url: str, prefix: str, host: str, digest: str, file: Path | None, records: tuple[str, ...], output: Path,
    pixels: bool, user: str | None, reason: str | None, force: bool, as_json: bool,
    config: Path | None, home: Path | None,
) -> None:  # fmt: skip
    """Write the copy that a person may ask for (Article 15 GDPR) into a zip, of all records that are found."""
    settings, asked = configured(config, home), _asking(url, prefix, host, digest, file, records)
    who, why = person(user), stated(reason)
    with writing(settings) as opened:
        entries = _look(settings, opened.home, opened.database, asked)
        if not entries:
            raise ConfigError("nothing is known of it; `facegate subject find` takes the same options")
        with vault_of(settings, opened.home, opened.database) as vault, private_file(output, force) as out:
            ids = [entry["id"] for entry in entries]
            done = disclose(opened.database, opened.ledger, vault, ids, out, user=who, reason=why, pixels=pixels)
    missing = [{"id": id_, "why": text} for id_, text in done.missing.items()]
    if as_json:
        print_json({"file": str(output), "records": done.records, "bodies": done.bodies, "missing": missing})
        return
    click.echo(f"Wrote {output}: {done.records:,} records, {done.bodies:,} of them with their bytes.")
    for each in missing:
        click.echo(f"{each['id']}: {each['why']}", err=True)


@subject.command()
@_asked
@click.option("--as", "user", help=WHO)
@click.option("--reason", help="Why, without the address: it stands in the ledger.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@home_options
def erase(
    url: str, prefix: str, host: str, digest: str, file: Path | None, records: tuple[str, ...], user: str | None,
    reason: str | None, yes: bool, as_json: bool, config: Path | None, home: Path | None,
) -> None:  # fmt: skip
    """Erase all records that are found (Article 17 GDPR): bytes, addresses, digest. That they were there stays.

    What is held is refused. Exit status 1: something was refused, or a file could not be removed.
    """
    settings, asked = configured(config, home), _asking(url, prefix, host, digest, file, records)
    who, why = person(user), stated(reason)
    with writing(settings) as opened:
        entries = _look(settings, opened.home, opened.database, asked)
        if not entries:
            raise ConfigError("nothing is known of it; `facegate subject find` takes the same options")
        if not yes:
            if not sys.stdin.isatty():
                raise ConfigError("an erasure is for good; add --yes, or look with `facegate subject find`")
            click.confirm(f"Erase {len(entries):,} records for good?", abort=True, err=True)
        secret = erasure_secret(opened.database, master_key(opened.home, settings.vault, opened.database))
        with vault_of(settings, opened.home, opened.database) as vault:
            ids = [entry["id"] for entry in entries]
            done = erased(opened.database, opened.ledger, vault, ids, secret, user=who, reason=why)
    wrong = complaint(done.swept)
    if as_json:
        held = [{"id": id_, "hold": text} for id_, text in done.held.items()]
        print_json({"erased": done.ids, "before": done.before, "held": held, "left": wrong})
    else:
        before = f" {len(done.before):,} were erased before." if done.before else ""
        click.echo(f"Erased {len(done.ids):,} records.{before}")
        for id_, text in done.held.items():
            click.echo(f"{id_} is held, and stays: {text} (Article 17(3) GDPR)", err=True)
    if wrong:
        click.echo(f"facegate: {wrong}", err=True)
    if wrong or done.held:
        sys.exit(NOT_ALL)


def _look(settings: Config, home: Home, database: Database, asked: Asked) -> list[dict[str, Any]]:
    secret = None
    if asked.digest and database.read("SELECT 1 FROM settings WHERE name = 'erasure-secret'"):
        secret = erasure_secret(database, master_key(home, settings.vault, database))
    return found(database, asked, secret)


def _asking(url: str, prefix: str, host: str, digest: str, file: Path | None, records: tuple[str, ...]) -> Asked:
    if file is not None:
        if digest:
            raise ConfigError("--digest and --file are two pictures; give one")
        try:
            with file.open("rb") as opened:
                digest = hashlib.file_digest(opened, "sha256").hexdigest()
        except OSError as error:
            raise ConfigError(f"{file}: cannot be read ({error.strerror})") from None
    return Asked(url, prefix, host, digest, records)


def _cell(entry: dict[str, Any], name: str) -> str:
    if name == "url":
        return "(erased)" if entry["erased"] else str(entry["url"])
    value = entry[name]
    return ", ".join(value) if isinstance(value, list) else str(value)
