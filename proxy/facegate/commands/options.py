"""The options every verb shares."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from facegate.config import Config, default_home, load
from facegate.durations import parse_duration
from facegate.errors import ConfigError
from facegate.state import served
from facegate.state.home import Home


def home_options[F: Callable[..., Any]](function: F) -> F:
    """Adds --config and --home."""
    function = click.option("--home", type=click.Path(path_type=Path), help="Where everything is kept.")(function)
    return click.option("--config", type=click.Path(path_type=Path), help="A facegate.toml.")(function)


def given(config: Path | None, home: Path | None, **overrides: Any) -> Config:
    """What the options say, for verbs that go by no home's settings."""
    return load(config, home=str(home.absolute()) if home else None, **overrides)


def configured(config: Path | None, home: Path | None) -> Config:
    """What the options say; without --config by the file that the home is served with. Raises ConfigError."""
    settings = given(config, home)
    place = settings.home.absolute()
    source = served.noted(Home(place)) if config is None else None
    if source is None:
        return settings
    theirs = load(source).home.absolute()
    if theirs not in (place, default_home().absolute()):  # the default one is most often not written there
        raise ConfigError(f"{place}: is served with {source}, which names another home, {theirs}; give --config FILE")
    return given(source, place)


def duration(_context: click.Context, _option: click.Parameter, text: str) -> timedelta:
    """A callback for options like --overlap 1h."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
