"""What is for its owner alone: a file written whole or not at all, that replaces nothing by accident; a secret read."""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from facegate.errors import ConfigError, HomeError
from facegate.modes import variable


@contextmanager
def private_file(path: Path, force: bool = False) -> Iterator[BinaryIO]:
    """Yields a file (mode 0600) that appears under `path` when the block ends well. Raises ConfigError."""
    if path.exists() and not force:
        raise ConfigError(f"{path} exists; choose another name, or overwrite it with --force")
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            if force:
                aside.replace(path)
            else:
                os.link(aside, path)
        finally:
            aside.unlink(missing_ok=True)
    except FileExistsError:
        raise ConfigError(f"{path} exists; choose another name, or overwrite it with --force") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror})") from None


def read_private(setting: str, place: Mapping[str, str], what: str) -> str:
    """What stands where `place` says, { env = NAME } or { file = PATH }, without the space around it. `what` says what
    has to be there. Raises HomeError, which tells nothing of what it found."""
    if (name := place.get("env")) is not None:
        text = os.environ.get(name, "").strip()
        if not text:
            raise HomeError(f"{setting}: {variable(name)} is not set; it holds {what}")
        return text
    path = Path(place.get("file", "")).expanduser()
    try:
        if path.stat().st_mode & 0o077:
            raise HomeError(f"{setting}: others can read {path}; run: chmod 600 {path}")
        text = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise HomeError(f"{setting}: {path} cannot be read; it holds {what}") from None
    if not text:
        raise HomeError(f"{setting}: {path} is empty; it holds {what}")
    return text
