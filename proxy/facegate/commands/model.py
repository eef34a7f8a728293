"""facegate model: the detectors that there are, whether they are what they were, and how another one is added."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from facegate_addons.detection import builtin
from facegate_addons.detection.description import Model
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from facegate.commands.opened import print_json, print_table, printable
from facegate.commands.options import given, home_options, json_option
from facegate.config import Config
from facegate.models import store
from facegate.models.add import add as add_model
from facegate.models.part import AGAIN
from facegate.models.part import Progress as Told
from facegate.state.home import Home


@click.group()
def model() -> None:
    """List, verify and add detectors. Nothing is ever downloaded but by `add`."""


@model.command("list")
@json_option
@home_options
def list_(as_json: bool, config: Path | None, home: Path | None) -> None:
    """List the models that can be chosen with `model` in [detector]."""
    settings = given(config, home)
    entries = store.listed(_folder(settings))
    chosen = settings.detector.model
    known = [_facts(entry.model, chosen) for entry in entries if entry.model]
    if as_json:
        print_json(known)
    else:
        rows = [
            (one["name"], one["origin"], one["rule"], one["threshold"], one["license"], one["sha256"],
             "in use" if one["in_use"] else "")
            for one in known
        ]  # fmt: skip
        print_table(("name", "origin", "rule", "threshold", "license", "sha256", ""), rows)
    wrong = [entry.why for entry in entries if entry.why]
    if chosen not in (entry.name for entry in entries):
        wrong.append(f'detector.model = "{chosen}" is not installed')
    _complain(wrong, 2)


@model.command()
@json_option
@home_options
def verify(as_json: bool, config: Path | None, home: Path | None) -> None:
    """Read the weights of every model, and hold them against the digests they were added with.

    Exit status 0: all are what they were. 1: one is not; it is named.
    """
    entries = store.verified(_folder(given(config, home)))
    if as_json:
        print_json([{"name": entry.name, "ok": not entry.why, "why": entry.why} | _where(entry) for entry in entries])
    else:
        rows = [(entry.name, "bad" if entry.why else "ok", _where(entry)["sha256"]) for entry in entries]
        print_table(("name", "", "sha256"), rows)
    _complain([entry.why for entry in entries if entry.why], 1)


@model.command()
@click.argument("file", metavar="DESCRIPTION.toml", type=click.Path(path_type=Path))
@click.option("--weights", type=click.Path(path_type=Path), metavar="PATH", help="The ONNX file, in place of its url.")
@click.option("--force", is_flag=True, help="Replace a model of the same name.")
@json_option
@home_options
def add(file: Path, weights: Path | None, force: bool, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Add the model that DESCRIPTION.toml describes, with the weights at its url or at PATH.

    They are checked against their sha256 and tried in a confined process before they are put in place. A download that
    was cut off goes on where it ended when the same is run again.
    """
    settings = given(config, home)
    try:
        with _bar() as progress:
            added = add_model(file, weights, Home.prepare(settings).models, progress, force=force)
    except KeyboardInterrupt:
        click.echo(f"facegate: stopped; {AGAIN}", err=True)
        sys.exit(130)
    if as_json:
        print_json(_facts(added, settings.detector.model))
        return
    name = added.description.name
    click.echo(f"{name} is in {Path(added.weights).parent}.")
    if settings.detector.model != name:
        click.echo(f'To use it, write into facegate.toml: [detector] model = "{name}"')


def _folder(settings: Config) -> Path:
    return Home(settings.home.absolute()).models


def _facts(one: Model, chosen: str) -> dict[str, object]:
    it = one.description
    return {
        "name": it.name,
        "origin": "built-in" if it.name == builtin.NAME else "added",
        "rule": it.decode.rule,
        "threshold": it.scores.threshold,
        "license": it.license,
        "source": it.source,
        "measured": it.measured,
        "sha256": it.sha256,
        "path": one.weights,
        "in_use": it.name == chosen,
    }


def _where(entry: store.Entry) -> dict[str, str]:
    return {"sha256": entry.model.description.sha256, "path": entry.model.weights} if entry.model else {"sha256": ""}


def _complain(wrong: list[str], code: int) -> None:
    for line in wrong:
        click.echo(f"facegate: {printable(line)}", err=True)
    if wrong:
        raise click.exceptions.Exit(code)


@contextmanager
def _bar() -> Iterator[Told]:
    """How far it is, on a terminal."""
    bar = Progress(
        TextColumn("weights"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn(),
        console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty(),
    )  # fmt: skip
    with bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
