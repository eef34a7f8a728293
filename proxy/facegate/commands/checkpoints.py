"""facegate ledger checkpoint, key, archive: what is signed of the ledger, by which key, and what is taken out of it."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import click
from facegate_addons.domain.model import utc_now

from facegate.commands.decisions import reason_option
from facegate.commands.opened import print_json, writing
from facegate.commands.options import configured, duration, home_options, json_option
from facegate.commands.person import stated, system_actor
from facegate.ledger import archive as archiving
from facegate.ledger import checkpoints
from facegate.ledger.checkpoint import Checkpoint
from facegate.ledger.scan import CHECKPOINT
from facegate.ledger.signing import fingerprint, public_pem, signing_key
from facegate.state.home import Home


@click.command()
@json_option
@home_options
def checkpoint(as_json: bool, config: Path | None, home: Path | None) -> None:
    """Sign now how far each ledger is, and copy what is missing to `ledger.checkpoints_to`. Exits 1 when a ledger is
    not whole; that is signed too."""
    settings = configured(config, home)
    with writing(settings) as opened:
        key = signing_key(opened.home, settings.ledger.key)
        it, digest = checkpoints.make(opened.home.ledger, key, "asked")
        opened.ledger.append_now({"event": CHECKPOINT, "number": it.number, "sha256": digest, "why": it.why})
        elsewhere = settings.ledger.checkpoints_elsewhere
        if elsewhere is not None:
            checkpoints.copy(opened.home.checkpoints, elsewhere)
        path = opened.home.checkpoints / checkpoints.file_of(it.number)
    if as_json:
        print_json({"file": str(path), "sha256": digest, **_facts(it)})
    else:
        click.echo(f"{path}: {len(it.ledgers)} ledgers, sha256 {digest}")
        for line in it.bad:
            click.secho(f"NOT WHOLE: {line}", fg="red")
    if it.bad:
        raise click.exceptions.Exit(1)


@click.command()
@json_option
@home_options
def key(as_json: bool, config: Path | None, home: Path | None) -> None:
    """Print the public key that checkpoints are checked by: give it to the auditor before it is needed."""
    settings = configured(config, home)
    public = signing_key(Home.existing(settings), settings.ledger.key).public_key()
    if as_json:
        print_json({"fingerprint": fingerprint(public), "pem": public_pem(public).decode()})
        return
    click.echo(public_pem(public).decode(), nl=False)
    click.echo(f"fingerprint (sha256 of its DER form): {fingerprint(public)}", err=True)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--older-than", callback=duration, required=True, metavar="DURATION", help="Age of the last line, like 365d."
)
@reason_option
@click.option("--dry-run", is_flag=True, help="Say which files would go, and change nothing.")
@json_option
@home_options
def archive(
    folder: Path, older_than: timedelta, reason: str | None, dry_run: bool, as_json: bool, config: Path | None,
    home: Path | None,
) -> None:  # fmt: skip
    """Take closed ledger files out of the home: copied to FOLDER, checked, signed for, and then removed here."""
    settings = configured(config, home)
    why = "" if dry_run else stated(reason)
    with writing(settings) as opened:
        old = archiving.older_than(opened.home.ledger, utc_now() - older_than)
        if old and not dry_run:
            signer = signing_key(opened.home, settings.ledger.key)
            archiving.archive(
                opened.home.ledger, old, folder.absolute(), signer, opened.ledger,
                by=system_actor().name, why=why, elsewhere=settings.ledger.checkpoints_elsewhere,
            )  # fmt: skip
    if as_json:
        print_json({"dry_run": dry_run, "to": str(folder), "files": [each.path.name for each in old]})
        return
    for each in old:
        click.echo(f"{each.path.name}: lines up to {each.last.seq:,}" + (" would go" if dry_run else f" -> {folder}"))
    if not old:
        click.echo("No closed file is that old.")


def _facts(it: Checkpoint) -> Mapping[str, object]:
    ledgers = {name: {"seq": at.seq, "hash": at.hash} for name, at in it.ledgers.items()}
    facts = {"number": it.number, "at": it.at, "key": it.key, "ledgers": ledgers}
    return {**facts, "whole": not it.bad, "bad": list(it.bad)}
