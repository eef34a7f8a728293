"""From TOML tables to frozen dataclasses: an unknown key names the nearest known one, a wrong type what is wanted."""

import contextlib
import dataclasses
import difflib
import types
import typing
from collections.abc import Collection
from pathlib import Path
from typing import Any

# metadata of a field
NOT_A_KEY = {"key": False}  # no table fills it


class TableError(Exception):
    """One line that names the key and what to write instead."""


def fill(kind: Any, raw: Any, where: str, prefix: str = "") -> Any:
    """The dataclass `kind` from a TOML table, and from the tables in it. Raises TableError."""
    if not isinstance(raw, dict):
        raise TableError(f"{where}: {prefix.rstrip('.')} has to be a table, written [{prefix.rstrip('.')}]")
    hints = typing.get_type_hints(kind)
    fields = [f for f in dataclasses.fields(kind) if f.metadata.get("key", True)]
    known = {f.name: hints[f.name] for f in fields}
    values: dict[str, Any] = {}
    for key, value in raw.items():
        if key not in known:
            raise TableError(f"{where}: unknown key {prefix}{key}; {nearest(key, known, prefix)}")
        wanted = known[key]
        if dataclasses.is_dataclass(wanted):
            values[key] = fill(wanted, value, where, f"{prefix}{key}.")
        else:
            values[key] = _convert(value, wanted, f"{where}: {prefix}{key}")
    for f in fields:
        if f.name not in values and f.default is f.default_factory is dataclasses.MISSING:
            raise TableError(f"{where}: {prefix}{f.name} is missing")
    return kind(**values)


def nearest(key: str, known: Collection[str], prefix: str = "") -> str:
    """What to say of a key that is none of the known ones."""
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.4)
    return f"did you mean {prefix}{near[0]}?" if near else f"known here: {', '.join(known)}"


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
            with contextlib.suppress(OverflowError):  # TOML has whole numbers without end
                return float(value)
        if plain is not Path and isinstance(value, plain) and not (plain is int and isinstance(value, bool)):
            return value
    names = " or ".join(_NAMES[typing.get_origin(o) or o] for o in options if o is not types.NoneType)
    raise TableError(f"{where} has to be {names}, not {said(value)}")


def said(value: Any) -> str:
    """A value in an error: what is no number may be a secret, so only its type is named."""
    if isinstance(value, bool | int | float):
        return repr(value)
    return _NAMES.get(type(value), "a date or time")
