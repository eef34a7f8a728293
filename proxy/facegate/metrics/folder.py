"""Where the gateways keep what they count: files under home that outlive the process, so that totals stay exact when a
gateway is started again. `serve` begins with none."""

import os
import shutil
from pathlib import Path

from facegate.errors import HomeError

NAME = "metrics"
DOUBLED = 2  # every label that there can be takes 70 KB of a file that begins with 64 and grows by doubling
_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # prometheus_client reads it when it is first imported


def prepare(run: Path) -> None:
    """For the processes that are started from now on."""
    folder = run / NAME
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    os.environ[_VARIABLE] = str(folder)


def reserve(run: Path) -> None:
    """The room on disk of what this process counts: to write into a file's hole on a full disk would end it. Raises
    HomeError."""
    for file in (run / NAME).glob(f"*_{os.getpid()}.db"):
        with file.open("r+b") as opened:
            try:
                os.posix_fallocate(opened.fileno(), 0, DOUBLED * file.stat().st_size)
            except AttributeError:  # macOS
                return
            except OSError as error:
                raise HomeError(f"{file.parent}: no room for metrics ({error.strerror})") from None
