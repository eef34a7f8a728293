"""The processes of one gateway, found in /proc by the mark in their environment; and waiting for what has to come."""

import os
import time
from collections.abc import Callable
from pathlib import Path

POLL = 0.02  # seconds between two looks


def mark_of(home: Path) -> str:
    """The last entry of PATH: of its environment a worker gets little else."""
    return f":{home}/processes"


def family(home: Path) -> dict[int, str]:
    """Every living process that the gateway on `home` started, itself included: pid -> command line."""
    mark = os.fsencode(mark_of(home)) + b"\0"
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes() + b"\0":
                # the environment of a dead one that nobody waited for is empty
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
        except OSError:
            continue  # ended meanwhile, or somebody else's
    return found


def members(home: Path, what: str) -> set[int]:
    """The pids of `home`'s processes of one kind: "facegate.serve.gateway", "workers.worker" or "facegate.console"."""
    return {pid for pid, command in family(home).items() if what in command}


def eventually[T](check: Callable[[], T], seconds: float, what: str) -> T:
    """The first true value of `check`; AssertionError after `seconds`."""
    until = time.monotonic() + seconds
    while not (value := check()):
        assert time.monotonic() < until, f"not within {seconds} s: {what}"
        time.sleep(POLL)
    return value
