"""How many cores this process may use: those it may run on, and no more than the quota of its control groups."""

import os
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_OWN = Path("/proc/self/cgroup")


def cores(root: Path = _ROOT, own: Path = _OWN) -> int:
    """At least one. A quota of 2.5 cores is 2: a third process would only be held up with the others.

    Of control groups version 2 is read; a container sees its own group at the root.
    """
    may_run_on = os.process_cpu_count() or 1
    return max(1, int(min([may_run_on, *_quotas(root, own)])))


def _quotas(root: Path, own: Path) -> list[float]:
    """In cores, of the group and of all above it."""
    return [quota for folder in _groups(root, own) if (quota := _quota(folder / "cpu.max")) is not None]


def _groups(root: Path, own: Path) -> list[Path]:
    try:
        lines = own.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return [root]
    path = next((line.removeprefix("0::/") for line in lines if line.startswith("0::/")), "")
    if ".." in Path(path).parts:  # above what this namespace shows
        return [root]
    folder = root / path
    return [folder, *(above for above in folder.parents if above.is_relative_to(root))]


def _quota(file: Path) -> float | None:
    """The file has microseconds of a period, as "150000 100000", or "max 100000"."""
    try:
        quota, period = file.read_text(encoding="ascii").split()
        return int(quota) / int(period)
    except (OSError, ValueError, ZeroDivisionError):  # no such file (the root of all has none), or no quota
        return None
