"""`facegate init`: a configuration, a first job and the firewall's lines for this machine."""

import ipaddress
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import click

from facegate.commands.opened import print_json
from facegate.commands.options import json_option
from facegate.config import load
from facegate.durations import parse_duration
from facegate.errors import ConfigError, HomeError
from facegate.hostport import host_port, parse_host_port
from facegate.jobs.file import read_job
from facegate.setup import answers as place
from facegate.setup import configuration, firewall, job
from facegate.setup.answers import HERE, NETWORK, Answers, Where

FACES = ("quarantine", "redact", "drop")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
@click.option("--for", "where", type=click.Choice((HERE, NETWORK)), help="Crawlers on this machine, or in a network.")
@click.option("--listen", metavar="HOST:PORT", help="Where crawlers connect.")
@click.option("--network", metavar="CIDR", help="Where crawlers are, like 10.0.0.0/24.")
@click.option("--operator", metavar="NAME", help="Who runs the crawls.")
@click.option("--faces", type=click.Choice(FACES), help="What becomes of pictures with faces.")
@click.option("--keep", metavar="TIME", help="How long withheld bytes are kept, like 30d.")
@click.option("--yes", is_flag=True, help="Ask nothing; guess.")
@click.option("--force", is_flag=True, help="Write over files that are there.")
@json_option
def init(
    folder: Path,
    where: Where | None,
    listen: str | None,
    network: str | None,
    operator: str | None,
    faces: str | None,
    keep: str | None,
    yes: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Write facegate.toml, first-job.toml and the firewall's lines for this machine into FOLDER (here, if none is
    named).

    Asks what cannot be guessed, on a terminal; what an option says is not asked. Nothing is started, and nothing but
    these three files is written.

    \b
    facegate init
    facegate init /etc/facegate --for network --listen 10.0.0.2:8080 --yes
    """
    asking = sys.stdin.isatty() and not yes and not as_json
    found = _answers(asking, where, listen, network, operator, faces, keep)
    files = _texts(folder, found)
    there = [str(path) for path in files if path.exists()]
    if there and not force:
        raise HomeError(f"{there[0]} is there already; name another folder, or write over it with --force")
    _write(files)
    try:
        load(folder / "facegate.toml")
        read_job(folder / "first-job.toml", load(folder / "facegate.toml").job_rules)
    except ConfigError as error:  # an answer that passed for one
        raise ConfigError(f"{error} (written; correct it there)") from None
    if as_json:
        print_json({"files": [str(path) for path in files], "listen": host_port(found.host, found.port)})
        return
    _say(list(files), found)


def _answers(
    asking: bool,
    where: Where | None,
    listen: str | None,
    network: str | None,
    operator: str | None,
    faces: str | None,
    keep: str | None,
) -> Answers:
    def ask(given: Any, question: str, guess: Any, **options: Any) -> Any:
        if given is not None:
            return given
        return click.prompt(question, default=guess, **options) if asking else guess

    kinds = click.Choice((HERE, NETWORK))
    guessed = NETWORK if network else HERE
    where = cast("Where", ask(where, "Where do crawlers run: here, or in a network?", guessed, type=kinds))
    address = place.address() if where == NETWORK else "127.0.0.1"
    host, port = parse_host_port(str(ask(listen, "Where shall they connect?", f"{address}:8080")), "--listen")
    if where == NETWORK:
        network = str(ask(network, "In which network are they?", place.network_of(host)))
        try:
            network = str(ipaddress.ip_network(network, strict=False))
        except ValueError:
            raise ConfigError(f"--network: write addresses like 10.0.0.0/24, not {network!r}") from None
    operator = str(ask(operator, "Who runs the crawls?", place.operator()))
    faces = str(ask(faces, "What becomes of pictures with faces?", "quarantine", type=click.Choice(FACES)))
    keep = str(ask(keep, "How long are withheld bytes kept?", "30d"))
    try:
        parse_duration(keep)
    except ValueError as error:
        raise ConfigError(f"--keep: {error}") from None
    return Answers(where, host, port, network or "", operator, faces, keep, place.gateway_user())


def _texts(folder: Path, found: Answers) -> dict[Path, str]:
    wall, first = folder / firewall.name(found), folder / "first-job.toml"
    at = host_port(found.host, found.port)
    return {
        folder / "facegate.toml": configuration.text(found),
        first: job.text(found, str(first), at, datetime.now(UTC)),
        wall: firewall.text(found, str(wall)),
    }


def _write(files: dict[Path, str]) -> None:
    for path, text in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise HomeError(f"{path} cannot be written ({error.strerror})") from None


def _say(files: list[Path], found: Answers) -> None:
    config, first, wall = (shlex.quote(str(path)) for path in files)
    load_it = f"sudo nft -f {wall}" if found.system != "darwin" else f"see the head of {wall}"
    click.echo(f"Wrote {config}, {first} and {wall}. Now:")
    for command, why in (
        (f"facegate check --config {config}", "is all well?"),
        (f"facegate serve --config {config}", "the gateway, until Ctrl-C"),
        (f"facegate job register {first} --config {config}", "prints the token that the crawler needs"),
        (load_it, "crawlers cannot go round it; read it first"),
    ):
        click.echo(f"  {command}\n      {why}")
