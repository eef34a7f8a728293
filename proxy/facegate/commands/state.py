"""facegate state: where the state is, whether this node has all of it, and what to do when it has not."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

import click

from facegate.commands.opened import print_fields, print_json, state_of
from facegate.commands.options import given, home_options, json_option
from facegate.errors import ConfigError, Conflict
from facegate.sections import State
from facegate.shared import joining, snapshot, standing
from facegate.shared.node import log_opened
from facegate.shared.opened import SQLITE
from facegate.state.database import Database
from facegate.state.home import Home


@click.group()
def state() -> None:
    """Show and mend what several machines share by state.url."""


@state.command()
@json_option
@home_options
def status(as_json: bool, config: Path | None, home: Path | None) -> None:
    """How this node and the shared state stand. Exits 1 when something is wrong."""
    place, settings = _asked(config, home)
    if settings.url == SQLITE:
        found = standing.alone(place.database)
    else:
        with log_opened(place, settings) as (log, _):
            found = standing.shared(log, place.database)
    if as_json:
        print_json(found)
    else:
        print_fields((name.replace("_", " "), value) for name, value in found.items())
    if found["wrong"]:
        raise click.exceptions.Exit(1)


@state.command()
@click.option("--from-here", is_flag=True, help="Begin the shared state anew with what this node has.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@home_options
def resync(from_here: bool, yes: bool, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Replace this node's copy by what Redis has, or with --from-here what Redis has by this node's copy."""
    place, settings = _asked(config, home)
    if settings.url == SQLITE:
        raise ConfigError('state.url is "sqlite:": nothing is shared')
    what = "what is in Redis and not on this node" if from_here else "what is on this node and not in Redis"
    if not yes:
        click.confirm(f"{what[0].upper()}{what[1:]} will be lost. Go on?", abort=True)
    with _stopped(place), log_opened(place, settings) as (log, seal):
        Database.open(place.database).close()
        reached = (joining.give_ours if from_here else joining.take_theirs)(log, seal, place.database)
    if as_json:
        print_json({"epoch": reached.epoch, "position": reached.position})
    else:
        click.echo(f"This node stands at {reached.position} of the shared state {reached.epoch}.")


@state.command("snapshot")
@json_option
@home_options
def snapshot_(as_json: bool, config: Path | None, home: Path | None) -> None:
    """Put a whole copy into Redis, and take out of its log what the copy holds: destroyed keys, erased addresses."""
    place, settings = _asked(config, home)
    if settings.url == SQLITE:
        raise ConfigError('state.url is "sqlite:": nothing is shared')
    with log_opened(place, settings) as (log, seal):
        joining.join(log, seal, place.database)
        done = snapshot.publish(log, seal, place.database)
    if not done:
        raise Conflict("another node took a snapshot just now; that one will do")
    if as_json:
        print_json({"done": True})
    else:
        click.echo("Redis holds a new snapshot, and no older change.")


@state.command()
@home_options
def leave(config: Path | None, home: Path | None) -> None:
    """Let this home go on by itself, with what it has now; set state.url to "sqlite:" then."""
    place, _ = _asked(config, home)
    with _stopped(place):
        joining.leave(place.database)
    click.echo(f"{place.path} is no part of a shared state any more.")


def _asked(config: Path | None, home: Path | None) -> tuple[Home, State]:
    settings = given(config, home)
    place = Home.existing(settings)
    return place, state_of(settings, place)


@contextlib.contextmanager
def _stopped(home: Home) -> Iterator[None]:
    """While nobody serves from it. Raises Conflict."""
    with (home.run / "serve.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(f"facegate serves from {home.path}; stop it first") from None
        yield
