"""`facegate check`: what is wrong with this installation, and does its gate hold?"""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from facegate.commands.interrupts import interrupted_by_all
from facegate.commands.opened import print_json
from facegate.commands.options import configured, home_options, json_option
from facegate.diagnosis import clock, configuration, egress, files, gate, ports, sandbox, stores, trust
from facegate.diagnosis.finding import Finding, State, problem
from facegate.errors import ConfigError
from facegate.hostport import parse_host_port
from facegate.state.home import Home

COLOURS = {State.OK: "green", State.NOTE: "cyan", State.WARNING: "yellow", State.PROBLEM: "bold red"}


@click.command()
@click.option("--bypass", multiple=True, metavar="HOST:PORT", help="Not to be reached without the gateway; repeatable.")
@click.option("--as", "credentials", metavar="JOB:TOKEN", envvar="FACEGATE_AS", help="An untargeted job, for --live.")
@click.option("--live", is_flag=True, help="Try the gateway that serves, too; its quarantine and ledger keep it.")
@click.option("--quick", is_flag=True, help="Leave out the replay, which starts a gateway and takes seconds.")
@json_option
@home_options
def check(
    bypass: tuple[str, ...],
    credentials: str | None,
    live: bool,
    quick: bool,
    as_json: bool,
    config: Path | None,
    home: Path | None,
) -> None:
    """Say what is wrong with this installation: configuration, files, clock, CA, state, vault, ports, the way out,
    and what inspection workers are kept from.

    Then known ways past a proxy are replayed on loopback, through a gateway with this configuration that is started for
    it, and with --live through the one that serves from this home. Exit status 1 when there is a problem; warnings and
    notes do not count.
    """
    interrupted_by_all()  # else a gateway that was started to be tried would go on
    destinations = [parse_host_port(each, "--bypass") for each in bypass]
    console = Console(stderr=True)
    found: list[Finding] = []
    with console.status("looking ...") if sys.stderr.isatty() and not as_json else nullcontext():
        for finding in _all(destinations, credentials or "", live, quick, config, home):
            found.append(finding)
            if not as_json:
                _say(finding)
    if as_json:
        print_json([finding.as_json() for finding in found])
    if any(finding.state is State.PROBLEM for finding in found):
        raise click.exceptions.Exit(1)


def _all(
    destinations: Iterable[tuple[str, int]],
    credentials: str,
    live: bool,
    quick: bool,
    config: Path | None,
    home: Path | None,
) -> Iterator[Finding]:
    try:
        settings = configured(config, home)
    except ConfigError as error:
        yield problem(configuration.SUBJECT, str(error), "correct it; docs/configuration.md has every setting")
        return
    place = Home(settings.home.absolute())
    parts: list[Callable[[], Iterator[Finding]]] = [
        lambda: configuration.look(settings),
        lambda: files.look(place),
        lambda: clock.look(place),
        lambda: trust.look(place),
        lambda: stores.look(settings, place),
        lambda: ports.look(settings, place),
        lambda: egress.look(destinations),
        lambda: sandbox.look(settings),
    ]
    if not quick:
        parts.append(lambda: gate.try_out(settings))
    if live:
        parts.append(lambda: gate.try_serving(settings, place, credentials))
    for part in parts:
        yield from part()


def _say(finding: Finding) -> None:
    out = Console(highlight=False, soft_wrap=True)
    colour = COLOURS[finding.state]
    out.print(f"[{colour}]{finding.state:8}[/] {finding.subject:14} {escape(finding.says)}")
    if finding.do:
        out.print(f"{'':8} {'':14} [dim]-> {escape(finding.do)}[/]")
    sys.stdout.flush()
