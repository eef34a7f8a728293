"""From TOML tables to frozen dataclasses: an unknown key names the nearest known one, a wrong type what is wanted."""

import dataclasses
import difflib
import types
import typing
from pathlib import Path
from typing import Any

from facegate.errors import ConfigError


def fill(kind: Any, raw: Any, where: str, prefix: str = "") -> Any:
    """The dataclass `kind` from a TOML table, and from the tables in it. Raises ConfigError with one line."""
    if not isinstance(raw, dict):
        raise ConfigError(f"{where}: {prefix.rstrip('.')} has to be a table, written [{prefix.rstrip('.')}]")
    hints = typing.get_type_hints(kind)
    known = {f.name: hints[f.name] for f in dataclasses.fields(kind) if f.name != "source"}
    values: dict[str, Any] = {}
    for key, value in raw.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.4)
            hint = f"; did you mean {prefix}{near[0]}?" if near else f"; known here: {', '.join(known)}"
            raise ConfigError(f"{where}: unknown key {prefix}{key}{hint}")
        wanted = known[key]
        if dataclasses.is_dataclass(wanted):
            values[key] = fill(wanted, value, where, f"{prefix}{key}.")
        else:
            values[key] = _convert(value, wanted, f"{where}: {prefix}{key}")
    return kind(**values)


_NAMES = {
    int: "a whole number",
    float: "a number",
    str: "text",
    bool: "true or false",
    Path: "a path",
    dict: "a table",
    list: "a list",
}


def _convert(value: Any, wanted: Any, where: str) -> Any:
    options = typing.get_args(wanted) if isinstance(wanted, types.UnionType) else (wanted,)
    for option in options:
        plain = typing.get_origin(option) or option
        if plain is Path and isinstance(value, str | Path):
            return Path(value).expanduser()
        if plain is float and isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        if plain is not Path and isinstance(value, plain) and not (plain is int and isinstance(value, bool)):
            return value
    names = " or ".join(_NAMES[typing.get_origin(o) or o] for o in options if o is not types.NoneType)
    raise ConfigError(f"{where} has to be {names}, not {value!r}")
