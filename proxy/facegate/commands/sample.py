"""facegate sample: pictures that passed, looked at by a person, so that a report can say how many faces were missed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from facegate_addons.domain.model import utc_now

from facegate.commands.opened import Opened, print_fields, print_json, print_table, reading, writing
from facegate.commands.options import configured, given, home_options, json_option
from facegate.commands.person import person, stated
from facegate.commands.person import reason as why
from facegate.config import Config
from facegate.errors import ConfigError
from facegate.jobs.lifecycle import Actor
from facegate.quarantine.keys import KeyRing
from facegate.samples import review
from facegate.samples.store import SampleStore
from facegate.state.database import Database
from facegate.state.private import private_file
from facegate.state.secret import identity_secret
from facegate.state.users import SystemUser, actor

UNNAMED = "Without it, who runs this, as os:NAME; on a terminal it is asked."


@click.group()
def sample() -> None:
    """List and decide sampled pictures: is there a face that was missed?"""


@sample.command("list")
@click.option("--job", help="Only of this job.")
@click.option(
    "--state", type=click.Choice(review.STATES), default="open", show_default=True, help="Only in this state."
)
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="How many.")
@json_option
@home_options
def list_(job: str | None, state: str, limit: int, as_json: bool, config: Path | None, home: Path | None) -> None:
    """List samples, what expires next first. No picture is shown."""
    with reading(given(config, home)) as (_, database):
        page = review.list_samples(database, state=state, job=job, limit=limit)
    if as_json:
        print_json(page.samples)
        return
    names = ("id", "at", "job", "kind", "size", "rate", "state", "expires")
    print_table(names, [[it[name] for name in names] for it in page.samples])
    if page.next is not None:
        click.echo(f"There are more; see them with --limit {limit * 2}.", err=True)


@sample.command()
@click.argument("id_", metavar="ID")
@click.option("-o", "output", type=click.Path(path_type=Path), help="Write the picture to this file, mode 0600.")
@click.option("--as", "user", help=f"Who looks: an added reviewer or admin. {UNNAMED}")
@click.option("--reason", help="Why; it stands in the ledger.")
@json_option
@home_options
def show(
    id_: str,
    output: Path | None,
    user: str | None,
    reason: str | None,
    as_json: bool,
    config: Path | None,
    home: Path | None,
) -> None:
    """Show what is known of a sample; with -o decrypt its picture into a file, which is logged with its reason."""
    if output is None:
        with reading(given(config, home)) as (_, database):
            facts = review.show(database, id_)
    else:
        settings = configured(config, home)
        who, said = person(user), stated(reason)
        with writing(settings) as opened, _store(settings, opened) as store, private_file(output) as file:
            file.write(review.reveal(store, opened.ledger, id_, by=_actor(opened.database, who), reason=said))
            facts = review.show(opened.database, id_) | {"file": str(output)}
    if as_json:
        print_json(facts)
        return
    print_fields((name, value) for name, value in facts.items() if value not in ("", None))


@sample.command()
@click.argument("id_", metavar="ID")
@click.option("--face/--no-face", default=None, help="Whether a human face is to be seen in the picture.")
@click.option("--as", "user", help=f"Who decides: an added reviewer or admin, not the job's operator. {UNNAMED}")
@click.option("--reason", help="What there is to say about it; it stands in the ledger.")
@json_option
@home_options
def decide(
    id_: str,
    face: bool | None,
    user: str | None,
    reason: str | None,
    as_json: bool,
    config: Path | None,
    home: Path | None,
) -> None:
    """Say whether there is a face. It cannot be changed: the picture is destroyed at once."""
    if face is None:
        raise ConfigError("say --face or --no-face: is a human face to be seen in the picture?")
    settings = configured(config, home)
    who, said = person(user), why(reason)
    with writing(settings) as opened, _store(settings, opened) as store:
        review.decide(store, opened.ledger, {id_: face}, by=_actor(opened.database, who), reason=said)
    state = "face" if face else "no-face"
    if as_json:
        print_json({"id": id_, "state": state})
    else:
        click.echo(f"Sample {id_} is decided: {state}. Its picture is destroyed.")


@sample.command()
@json_option
@home_options
def purge(as_json: bool, config: Path | None, home: Path | None) -> None:
    """Destroy the pictures that nobody decided in time. A running gateway does it every hour."""
    settings = configured(config, home)
    with writing(settings) as opened, _store(settings, opened) as store:
        gone = review.purge(opened.ledger, store, utc_now())
    if as_json:
        print_json({"purged": gone})
    else:
        click.echo(f"Destroyed {len(gone)} undecided samples.")


@contextmanager
def _store(config: Config, opened: Opened) -> Iterator[SampleStore]:
    secret = identity_secret(opened.database, KeyRing.open(opened.home, config.vault, opened.database).current)
    yield SampleStore(opened.home, opened.database, secret, config.sample.keep_for, config.sample.most)


def _actor(database: Database, who: str | SystemUser) -> Actor:
    return Actor(str(who)) if isinstance(who, SystemUser) else actor(database, who)
