"""TOML tables that a person at the keyboard wrote: what is wrong with them is a ConfigError."""

from typing import Any

from facegate_addons.domain import tables

from facegate.errors import ConfigError


def fill(kind: Any, raw: Any, where: str) -> Any:
    """The dataclass `kind` from a TOML table, and from the tables in it. Raises ConfigError with one line."""
    try:
        return tables.fill(kind, raw, where)
    except tables.TableError as error:
        raise ConfigError(str(error)) from None
