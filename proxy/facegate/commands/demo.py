"""`facegate demo`: the whole story on this machine, then the console with the queue open."""

import http.client
import sys
import tempfile
import threading
import webbrowser
from contextlib import ExitStack, suppress
from pathlib import Path

import click
from rich.console import Console

from facegate.commands.interrupts import interrupted_by_all
from facegate.demo.gateway import Gateway
from facegate.demo.photographs import photographs
from facegate.demo.site import Holds, Site, resources
from facegate.demo.story import INSIDE, REVIEWER, Outcome, Story
from facegate.demo.telling import AsLines, OnTerminal, Telling
from facegate.errors import HomeError


@click.command()
@click.option(
    "--home", type=click.Path(path_type=Path), help="Keep everything here; without it nothing is left behind."
)
@click.option("--once", is_flag=True, help="End after the crawls; do not wait with the console open.")
@click.option("--no-browser", is_flag=True, help="Do not open the console in a browser.")
@click.option("--json", "as_json", is_flag=True, help="Print an answer a line as JSON, and end after the crawls.")
def demo(home: Path | None, once: bool, no_browser: bool, as_json: bool) -> None:
    """See it work: a local web site with photographs, an untargeted crawl of it, a targeted one, then the console.

    Needs no network, and goes nowhere. It takes ports that are free and a home of its own, and Ctrl-C leaves nothing
    behind. Exit status 1 when a face passed that should not have, or something was withheld for no reason.
    """
    interrupted_by_all()
    terminal = Console(highlight=False)
    telling: Telling = AsLines() if as_json else OnTerminal(terminal)
    # Whatever happens from here on, the gateway is stopped and its home removed, in this order.
    with suppress(KeyboardInterrupt), ExitStack() as stack:
        found = resources(photographs())
        folder = _folder(home, stack)
        site = stack.enter_context(Site(found))
        faces = sum(it.holds is Holds.FACE for it in found.values())
        telling.scene(
            "The Harbour Times, a web site on this machine",
            f"{len(found)} pages, photographs and files; {faces} of them hold the face of a person.",
        )
        gateway = stack.enter_context(Gateway(folder / "home", folder / "gateway.log"))
        try:
            outcome = Story(gateway, site.port, found, folder, telling).tell()
        except (OSError, http.client.HTTPException) as error:
            raise HomeError(f"the demo's crawl broke off ({error}); the gateway's log ends: {_last(folder)}") from None
        if not outcome.holds:
            click.echo("facegate: this is not how it should be; what passed stands above", err=True)
            raise click.exceptions.Exit(1)
        if not once and not as_json:
            _show_console(terminal, gateway, outcome, site, not no_browser and sys.stdout.isatty())


def _folder(home: Path | None, stack: ExitStack) -> Path:
    if home is None:
        return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="facegate-demo-")))
    home.mkdir(parents=True, exist_ok=True)
    if any(home.iterdir()):
        raise HomeError(f"{home} is not empty; give --home a new folder")
    return home.absolute()


def _show_console(terminal: Console, gateway: Gateway, outcome: Outcome, site: Site, browser: bool) -> None:
    queue = f"{gateway.console}/queue"
    terminal.print(f"\nThe queue is open at [bold]{queue}[/]", soft_wrap=True)
    terminal.print(f"  log in as [bold]{REVIEWER}[/] with the password [bold]{outcome.password}[/]", soft_wrap=True)
    terminal.print(f"  proxy: http://{gateway.proxy}", soft_wrap=True)
    terminal.print(f"  web site: http://{INSIDE}:{site.port}/", soft_wrap=True)
    terminal.print("Ctrl-C ends the demo and leaves nothing behind.")
    sys.stdout.flush()
    if browser:
        webbrowser.open(queue)
    threading.Event().wait()


def _last(folder: Path) -> str:
    with suppress(OSError):
        return (folder / "gateway.log").read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
    return ""
