"""The options every verb shares."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from facegate.config import Config, load
from facegate.durations import parse_duration


def home_options[F: Callable[..., Any]](function: F) -> F:
    """Adds --config and --home."""
    function = click.option("--home", type=click.Path(path_type=Path), help="Where everything is kept.")(function)
    return click.option("--config", type=click.Path(path_type=Path), help="A facegate.toml.")(function)


def configured(config: Path | None, home: Path | None, **overrides: Any) -> Config:
    return load(config, home=str(home.absolute()) if home else None, **overrides)


def duration(_context: click.Context, _option: click.Parameter, text: str) -> timedelta:
    """A callback for options like --overlap 1h."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
