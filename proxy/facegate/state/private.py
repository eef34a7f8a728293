"""A file for its owner alone, whole or not at all, that replaces nothing by accident."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from facegate.errors import ConfigError


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
