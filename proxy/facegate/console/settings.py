"""The settings in force, each with where it comes from. What is a secret, or may hold one, is not among them."""

import dataclasses
import platform
import sqlite3
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from facegate.config import Config
from facegate.errors import ConfigError
from facegate.models.store import FOLDER, find
from facegate.state.schema import VERSION
from facegate.state.urls import without_userinfo

LONGEST = 300  # characters of one value that are shown
DEFAULT, FILE, COMMAND = "default", "file", "command line"


@dataclass(frozen=True, slots=True)
class Setting:
    name: str
    value: str
    where: str


def sections(config: Config, overrides: Mapping[str, Any]) -> dict[str, list[Setting]]:
    """By the names of the file's tables; "" for what stands in none. Raises ConfigError when the file is gone."""
    written = _written(config.source)
    found: dict[str, list[Setting]] = {"": []}
    for field in dataclasses.fields(config):
        if not field.metadata.get("key", True):
            continue
        value, table = getattr(config, field.name), written.get(field.name)
        if dataclasses.is_dataclass(value):
            inner = table if isinstance(table, dict) else {}
            found[field.name] = [
                Setting(each.name, shown(getattr(value, each.name)), _where(field.name, each.name, inner, overrides))
                for each in dataclasses.fields(value)
            ]
        else:
            found[""].append(Setting(field.name, shown(value), _where("", field.name, written, overrides)))
    return found


def shown(value: object) -> str:
    match value:
        case None:
            return "not set"
        case bool():
            return "true" if value else "false"
        case "" | [] | dict() if not value:
            return "none"
        case dict():
            text = ", ".join(f"{key} = {each}" for key, each in value.items())
        case list() | tuple():
            text = ", ".join(map(str, value))
        case _:
            text = str(value)
    text = without_userinfo(text)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def versions(config: Config) -> dict[str, str]:
    """What decisions are traced to, and what runs them."""
    facts = {
        "facegate": metadata.version("facegate"),
        "policy": config.gate_policy.version,
        "model": config.detector.model,
    }
    try:
        description = find(config.detector.model, config.home.absolute() / FOLDER).description
    except ConfigError as error:
        facts["model"] += f" (cannot be used: {error})"
    else:
        threshold = config.detector.threshold
        facts["threshold"] = f"{description.scores.threshold if threshold is None else threshold:g}"
        facts["weights"] = f"sha256 {description.sha256}"
        facts["measured"] = description.measured or "not recorded"
    return facts | {
        "schema of the state": str(VERSION),
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
    }


def _where(section: str, name: str, table: Mapping[str, Any], overrides: Mapping[str, Any]) -> str:
    if (f"{section}__{name}" if section else name) in overrides:
        return COMMAND
    return FILE if name in table else DEFAULT


def _written(source: Path | None) -> dict[str, Any]:
    if source is None:
        return {}
    try:
        return tomllib.loads(source.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{source.name}: cannot be read: {error}") from None
