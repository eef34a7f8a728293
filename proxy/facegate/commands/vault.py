"""facegate vault: what it holds, whether it still opens, a new master key, and a move to another storage."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from facegate_addons.domain.model import utc_now

from facegate.commands.bars import bar
from facegate.commands.opened import print_fields, print_json, reading, vault_of, writing_long
from facegate.commands.options import configured, home_options, json_option
from facegate.commands.person import system_user
from facegate.config import Config
from facegate.errors import ConfigError
from facegate.quarantine import move, rotation
from facegate.quarantine.either import Either
from facegate.quarantine.inventory import inventory
from facegate.quarantine.inventory import verify as verified
from facegate.quarantine.storage import blobs_of
from facegate.state.database import Database
from facegate.state.home import Home

DAMAGED = 1  # exit code
SHOWN = 20  # damaged records in a text


@click.group()
def vault() -> None:
    """Look after the encrypted bytes: count, verify, rotate the master key, move."""


@vault.command()
@json_option
@home_options
def status(as_json: bool, config: Path | None, home: Path | None) -> None:
    """Show what the vault holds, by master key, and what is due."""
    settings = configured(config, home)
    with reading(settings) as (place, database), vault_of(settings, place, database) as opened:
        facts = inventory(database, opened, utc_now())
        if settings.vault.previous:
            facts["to_move"] = move.due(database, _either(settings, place, database).old)[0]
    if as_json:
        print_json({**facts, "pixels": settings.vault.pixels, "keep": settings.vault.keep})
        return
    print_fields(_lines(facts, settings))


def _lines(facts: dict[str, Any], settings: Config) -> Iterator[tuple[str, str]]:
    yield "records", f"{facts['records']:,}"
    yield "with bytes", f"{facts['with_bytes']:,}, {facts['bytes']:,} bytes of pictures"
    yield "on disk", f"{facts['files']:,} files, {facts['bytes_on_disk']:,} bytes"
    yield "without bytes", f"{facts['without_bytes']:,} that were never kept, {facts['gone']:,} destroyed"
    yield "kept", f"{settings.vault.keep} by policy; new pixels: {settings.vault.pixels}"
    yield "held", f"{facts['held']:,}"
    yield "due", f"{facts['due']:,}" + (f"; the next at {facts['next'][:19]}" if facts["next"] else "")
    for key, records in facts["keys"].items():
        about = "wraps now" if key == facts["key"] else "old; `facegate vault rotate` goes on with it"
        known = "" if key in facts["known_keys"] else ", IS NOT THERE: its records cannot be opened"
        yield "master key", f"{key}: {records:,} records, {about}{known}"
    yield "orphans", f"{facts['orphans']:,} files that no key opens; removed when the gateways start"
    if facts.get("to_move"):
        yield "to move", f"{facts['to_move']:,} bodies in the storage of before; `facegate vault move` moves them"
    if facts["unfinished"]:
        yield "unfinished", f"{facts['unfinished']:,} files of destroyed keys; `facegate quarantine purge` tries again"


@vault.command()
@json_option
@home_options
def rotate(as_json: bool, config: Path | None, home: Path | None) -> None:
    """Bring a new master key into force, and wrap every record's key under it. Gateways go on meanwhile.

    A key that lies in the home is made by facegate and the old one destroyed; one that `vault.key` names is changed
    there first. Stopped in the middle, the next run goes on.
    """
    settings = configured(config, home)
    with writing_long(settings) as it, bar("rewrapping") as tell:
        done = rotation.rotate(it.home, settings.vault, it.database, it.ledger, str(system_user()), tell)
    if as_json:
        print_json({name: getattr(done, name) for name in done.__slots__})
    else:
        begun = "Went on with a rotation that was begun before. " if done.resumed else ""
        click.echo(f"{begun}Master key {done.key} wraps everything: {done.records:,} records rewrapped.")
        for id_ in done.destroyed:
            click.echo(f"Destroyed the key {id_}. Copies of it, in backups, open what was copied with them.")
        for id_ in done.yours:
            click.echo(f"Nothing is wrapped under {id_} any more: take it out of vault.old, and destroy it.")
        for id_ in done.kept:
            click.echo(f"The key {id_} still wraps something, and is kept.", err=True)
        if done.damaged:
            click.echo(
                f"{len(done.damaged):,} records' keys open under no master key; `facegate vault verify` names them.",
                err=True,
            )
    if done.damaged:
        sys.exit(DAMAGED)


@vault.command("move")
@click.option("--dry-run", is_flag=True, help="Only say what would be moved.")
@json_option
@home_options
def moving(dry_run: bool, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Move all bytes from the storage that `vault.previous` names to that of `vault.url`. Gateways go on meanwhile.

    A body is removed only when it was read again from where it was put. Stopped in the middle, the next run goes on.
    Exit status 1: something is not moved.
    """
    settings = configured(config, home)
    if dry_run:
        with reading(settings) as (place, database):
            bodies, size, left = move.due(database, _either(settings, place, database).old)
        if as_json:
            print_json({"dry_run": True, "bodies": bodies, "bytes": size, "left": left})
        else:
            click.echo(f"Would move {bodies:,} bodies, {size:,} bytes{_without_record(left)}.")
        return
    with writing_long(settings) as it, bar("moving") as tell:
        either = _either(settings, it.home, it.database)
        done = move.move(it.home, it.database, it.ledger, either, str(system_user()), tell)
    if as_json:
        print_json({name: getattr(done, name) for name in done.__slots__})
    else:
        click.echo(f"Moved {done.bodies:,} bodies, {done.bytes:,} bytes{_without_record(done.left)}.")
        if done.purged:
            click.echo(f"{done.purged:,} were purged meanwhile.")
        for id_, why in list(done.failed.items())[:SHOWN]:
            click.echo(f"{id_}: {why}", err=True)
        if done.bad:
            click.echo(f"{done.bad:,} are still where they were: run it again.", err=True)
        else:
            click.echo("Nothing is left to move: take vault.previous out, and restart the gateways.")
    if done.bad:
        sys.exit(DAMAGED)


def _either(settings: Config, home: Home, database: Database) -> Either:
    found = blobs_of(settings.vault, home, database)
    if not isinstance(found, Either):
        raise ConfigError("write the storage of before under vault.previous, and the new one under vault.url")
    return found


def _without_record(left: int) -> str:
    return f"; {left:,} more that no key opens stay until the gateways start" if left else ""


@vault.command()
@click.option("--bytes", "with_bytes", is_flag=True, help="Read and authenticate every file, too.")
@json_option
@home_options
def verify(with_bytes: bool, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Open every record's key. Nothing is shown or changed. Exit status 1: something is damaged."""
    settings = configured(config, home)
    with (
        reading(settings) as (place, database),
        vault_of(settings, place, database) as opened,
        bar("verifying") as tell,
    ):
        found = verified(database, opened, with_bytes=with_bytes, tell=tell)
    if as_json:
        damaged = [{"id": id_, "why": why} for id_, why in found.damaged.items()]
        print_json({"records": found.records, "with_bytes": with_bytes, "bad": found.bad, "damaged": damaged})
    else:
        click.echo(f"{found.records - found.bad:,} of {found.records:,} records open{' whole' if with_bytes else ''}.")
        for id_, why in list(found.damaged.items())[:SHOWN]:
            click.echo(f"{id_}: {why}", err=True)
        if found.bad > SHOWN:
            click.echo(f"and {found.bad - SHOWN:,} more; --json names them.", err=True)
    if found.bad:
        sys.exit(DAMAGED)
