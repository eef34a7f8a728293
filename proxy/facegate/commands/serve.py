"""`facegate serve`: the gateway, until it is told to stop."""

import asyncio
from pathlib import Path
from typing import Any

import click

from facegate.commands.options import home_options
from facegate.config import load
from facegate.hostport import parse_host_port
from facegate.logs.begin import begin
from facegate.sections import AUTO
from facegate.serve.supervisor import supervise

NO_CONSOLE = "none"


class _Workers(click.ParamType[int | str]):
    name = "workers"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        if value == AUTO:
            return AUTO
        try:
            return int(value)
        except ValueError:
            self.fail(f"{value!r} is neither a whole number nor {AUTO!r}", param, ctx)


@click.command()
@home_options
@click.option("--listen", metavar="HOST:PORT", help="Where crawlers connect (default 127.0.0.1:8080).")
@click.option("--console", metavar="HOST:PORT", help="Where the console listens (default 127.0.0.1:8081), or: none.")
@click.option("--workers", type=_Workers(), metavar="N|auto", help="Gateway processes that share the port (default 1).")
@click.option("--inspectors", type=int, metavar="N", help="Inspection workers of each (default: the cores, shared).")
def serve(
    config: Path | None,
    home: Path | None,
    listen: str | None,
    console: str | None,
    workers: int | str | None,
    inspectors: int | None,
) -> None:
    """Run the gateway and its console. Stops cleanly on SIGTERM and Ctrl-C; see also `facegate reload`."""
    overrides: dict[str, Any] = {"listen__workers": workers, "listen__inspectors": inspectors}
    if home:
        overrides["home"] = str(home.absolute())
    if console == NO_CONSOLE:
        overrides["console__enabled"], console = False, None
    for section, text in (("listen", listen), ("console", console)):
        if text is not None:
            overrides[f"{section}__host"], overrides[f"{section}__port"] = parse_host_port(text, f"--{section}")
    overrides = {key: value for key, value in overrides.items() if value is not None}
    settings = load(config.absolute() if config else None, **overrides)
    begin(settings.log, "serve")
    asyncio.run(supervise(settings, overrides))
