"""The options every verb shares."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from facegate.config import Config, load


def home_options[F: Callable[..., Any]](function: F) -> F:
    """Adds --config and --home."""
    function = click.option("--home", type=click.Path(path_type=Path), help="Where everything is kept.")(function)
    return click.option("--config", type=click.Path(path_type=Path), help="A facegate.toml.")(function)


def configured(config: Path | None, home: Path | None, **overrides: Any) -> Config:
    return load(config, home=str(home.absolute()) if home else None, **overrides)


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
