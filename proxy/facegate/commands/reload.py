"""`facegate reload`: have `facegate serve` bring its configuration into force, one gateway after the other."""

import os
import re
import signal
import sys
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import click

from facegate.commands.bars import bar
from facegate.commands.opened import print_json
from facegate.commands.options import given, home_options, json_option
from facegate.errors import HomeError
from facegate.serve.lock import serving
from facegate.serve.outcome import DONE, STOPPED, Outcome, noted
from facegate.state.home import Home

NOT_ALL, REFUSED = 1, 2  # exit codes
LOOK_SECONDS = 0.1  # there is no portable event for a changed file


@click.command()
@json_option
@home_options
def reload(as_json: bool, config: Path | None, home: Path | None) -> None:
    """Bring a changed configuration into force while requests go on.

    Each gateway gets a successor in turn, and leaves once its clients have their answers. Exit status 0: all were
    replaced. 1: not all; those that were not serve as before. 2: nothing was begun.
    """
    place = Home(given(config, home).home.absolute())
    it = _asked(place)
    if as_json:
        print_json({key: value for key, value in asdict(it).items() if key in ("state", "gateways", "replaced", "why")})
    elif it.state == DONE:
        click.echo(f"{it.replaced} gateway{'s' if it.replaced > 1 else ''} replaced")
    else:
        part = f"{it.replaced} of {it.gateways} gateways were replaced: " if it.state == STOPPED else ""
        click.echo(f"facegate: not reloaded: {part}{it.why}", err=True)
    if it.state != DONE:
        click.get_current_context().exit(NOT_ALL if it.state == STOPPED else REFUSED)


def _asked(home: Home) -> Outcome:
    """What became of it. Raises HomeError."""
    pid, before = serving(home.run), noted(home.run)
    if pid is None:
        raise HomeError(f"nobody serves from {home.path}; name its home with --home DIR, or start `facegate serve`")
    if before is None or before.pid != pid:  # to a process that does not know the signal it would be the end
        raise HomeError(f"process {pid} serves from {home.path} and takes no reload, or not yet; restart it")
    if not _catches(pid, signal.SIGUSR2):  # with a home on a volume it may be a number of another container's
        raise HomeError(f"process {pid} cannot be asked from here; run this where it runs, as the same user")
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGUSR2)
    with bar("reloading") as tell:
        while True:
            now = noted(home.run)
            if now is not None and now.pid == pid and now.number > before.number:
                tell(now.replaced, now.gateways)
                if now.over:
                    return now
            if serving(home.run) != pid:
                raise HomeError("`facegate serve` ended meanwhile; its log says why")
            time.sleep(LOOK_SECONDS)


def _catches(pid: int, number: signal.Signals) -> bool:
    """Linux tells; elsewhere it is believed."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii", errors="replace")
    except OSError:
        return sys.platform != "linux"
    match = re.search(r"^SigCgt:\s*([0-9a-f]+)$", status, re.MULTILINE)
    return match is not None and bool(int(match[1], 16) >> (number - 1) & 1)
