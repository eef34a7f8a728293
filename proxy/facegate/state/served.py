"""Which configuration file a home is served with: noted in the home, so that other commands go by the same settings."""

import os
from pathlib import Path

from facegate.errors import ConfigError
from facegate.state.home import Home
from facegate.state.private import private_file


def note(home: Home, source: Path | None) -> None:
    """None: it is served by the defaults. Raises ConfigError."""
    if source is None:
        try:
            home.config_path.unlink(missing_ok=True)
        except OSError as error:
            raise ConfigError(f"{home.config_path}: cannot be removed ({error.strerror}); remove it") from None
        return
    with private_file(home.config_path, force=True) as file:
        file.write(os.fsencode(source.absolute()))


def noted(home: Home) -> Path | None:
    """None where nothing is noted, or no home is. Raises ConfigError."""
    try:
        path = Path(os.fsdecode(home.config_path.read_bytes()))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ConfigError(f"{home.config_path}: cannot be read ({error.strerror}); give --config FILE") from None
    if not path.is_file():
        raise ConfigError(f"{home.path}: is served with {path}, which is no file any more; give --config FILE")
    return path
