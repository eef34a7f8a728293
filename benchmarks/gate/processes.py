"""What a proxy takes of the machine, all of its processes together, as Linux counts it in /proc."""

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
QUIET = 0.25  # seconds looked at
CHILDREN = PROC / "self/task" / str(os.getpid()) / "children"  # not everywhere: a choice of the kernel's builder


@dataclass(frozen=True, slots=True)
class Footprint:
    """Bytes: `rss` counts what processes share in each of them, `uss` is theirs alone."""

    processes: int
    rss: int
    uss: int
    descriptors: int


def known() -> bool:
    return CHILDREN.exists()


def tree(root: int) -> list[int]:
    """The process and all below it."""
    found = [root]
    for pid in found:
        for children in PROC.glob(f"{pid}/task/*/children"):
            with suppress(OSError):  # ended meanwhile
                found += map(int, children.read_text().split())
    return found


def cpu_seconds(root: int) -> float:
    """In user and kernel mode, since each was started; of those that ended and were waited for, too."""
    total = 0
    for pid in tree(root):
        with suppress(OSError):
            total += sum(map(int, (PROC / f"{pid}/stat").read_text().rpartition(")")[2].split()[11:15]))
    return total / TICKS


def settle(root: int, most: float = 10.0) -> None:
    """Waits until it does next to nothing: clients go when their time is over, and leave work behind them."""
    until, before = time.monotonic() + most, cpu_seconds(root)
    while time.monotonic() < until:
        time.sleep(QUIET)
        before, then = cpu_seconds(root), before
        if before - then < QUIET / 5:
            return


def footprint(root: int) -> Footprint:
    """Raises PermissionError for processes of somebody else."""
    processes = rss = uss = descriptors = 0
    for pid in tree(root):
        with suppress(FileNotFoundError, ProcessLookupError):
            sizes = _sizes(pid)
            descriptors += sum(1 for _ in (PROC / f"{pid}/fd").iterdir())
            rss += sizes["Rss"]
            uss += sizes["Private_Clean"] + sizes["Private_Dirty"]
            processes += 1
    return Footprint(processes, rss, uss, descriptors)


def _sizes(pid: int) -> dict[str, int]:
    lines = (PROC / f"{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {name: int(rest.split()[0]) * 1024 for name, _, rest in (line.partition(":") for line in lines)}
