"""How many cores this process may use: those it may run on, and no more than the quota of its control groups."""

import os
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_OWN = Path("/proc/self/cgroup")
_V1 = ("cpu", "cpu,cpuacct", "cpuacct,cpu")  # where distributions mount that controller of version 1


def cores(root: Path = _ROOT, own: Path = _OWN) -> int:
    """At least one. A quota of 2.5 cores is 2: a third process would only be held up with the others.

    Of control groups both versions are read; a container sees its own group at the root.
    """
    may_run_on = os.process_cpu_count() or 1
    return max(1, int(min([may_run_on, *_quotas(root, own)])))


def _quotas(root: Path, own: Path) -> list[float]:
    """In cores, of the group and of all above it."""
    second, first = _paths(own)
    found = [_quota(folder / "cpu.max") for folder in _groups(root, second)]
    found += [_quota_v1(folder) for name in _V1 for folder in _groups(root / name, first)]
    return [quota for quota in found if quota is not None]


def _paths(own: Path) -> tuple[str, str]:
    """Of the groups that one is in, of version 2 and of version 1: lines like "0::/a/b" and "4:cpu,cpuacct:/a/b"."""
    second = first = ""
    try:
        lines = own.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return second, first
    for line in lines:
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if number == "0" and not controllers:
            second = second or path
        elif "cpu" in controllers.split(","):
            first = path
    return second, first


def _groups(root: Path, path: str) -> list[Path]:
    if ".." in Path(path).parts:  # above what this namespace shows
        return [root]
    folder = root / path.lstrip("/")
    return [folder, *(above for above in folder.parents if above.is_relative_to(root))]


def _quota(file: Path) -> float | None:
    """The file has microseconds of a period, as "150000 100000", or "max 100000"."""
    try:
        quota, period = file.read_text(encoding="ascii").split()
        return int(quota) / int(period)
    except (OSError, ValueError, ZeroDivisionError):  # no such file (the root of all has none), or no quota
        return None


def _quota_v1(folder: Path) -> float | None:
    """Two files have the microseconds; a quota of -1 is none."""
    try:
        quota, period = (
            int((folder / f"cpu.cfs_{name}_us").read_text(encoding="ascii")) for name in ("quota", "period")
        )
        return quota / period if quota > 0 else None
    except (OSError, ValueError, ZeroDivisionError):
        return None
