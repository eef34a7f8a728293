"""A job file: TOML, read into plain tables."""

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from facegate_addons.domain.job import Job
from facegate_addons.domain.model import utc_now

from facegate.errors import ConfigError
from facegate.jobs.reader import Described, described_from, job_from
from facegate.jobs.rules import Rules

FILE = 1 << 20  # bytes


def read_job(path: Path, rules: Rules, now: datetime | None = None) -> Job:
    """The job that `path` describes; a targeted one is pending. Raises InvalidJob with every problem of it, and
    ConfigError for a file that cannot be read. `now` is what its dates are compared with."""
    return job_from(read_tables(path), str(path), rules, now or utc_now())


def read_described(path: Path, rules: Rules, now: datetime | None = None) -> Described:
    """The same, of a file that may bring the hash of its token."""
    return described_from(read_tables(path), str(path), rules, now or utc_now())


def read_tables(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            raw = file.read(FILE + 1)
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from None
    if len(raw) > FILE:
        raise ConfigError(f"{path}: is too large for a job file; {FILE >> 20} MiB is the most")
    try:
        return tomllib.loads(raw.decode())
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not valid TOML: it is not UTF-8") from None
    except ValueError as error:  # tomllib's own, and that of a number with thousands of digits
        raise ConfigError(f"{path}: not valid TOML: {error}") from None
    except RecursionError:
        raise ConfigError(f"{path}: not valid TOML: too many tables inside each other") from None
