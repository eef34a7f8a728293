"""What gateways counted that are no more, added up in one file of each kind: each reload leaves some more, and whoever
asks for metrics reads them all."""

import contextlib
import fcntl
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from prometheus_client.mmap_dict import MmapedDict

KINDS: Final = ("counter", "histogram")  # whose values, buckets among them, add up
LOCK: Final = "lock"
_HEAD: Final = 8  # bytes of a file before its first key


@contextlib.contextmanager
def undisturbed(folder: Path, *, alone: bool = False) -> Iterator[None]:
    """Meanwhile nothing moves from one file to another. Raises OSError."""
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


def add_up(folder: Path) -> None:
    """The files of processes that have ended. Blocks, for milliseconds. Raises OSError."""
    with undisturbed(folder, alone=True):
        for kind in KINDS:
            over = [path for path in folder.glob(f"{kind}_*.db") if _ended(path)]
            if over:
                _add(folder / f"{kind}_ended.db", over)


def _add(total: Path, over: list[Path]) -> None:
    sums: defaultdict[str, float] = defaultdict(float)
    for path in [total, *over] if total.exists() else over:
        for key, value, _timestamp, _position in MmapedDict.read_all_values_from_file(path):  # type: ignore[no-untyped-call]
            sums[key] += value
    fresh = total.with_suffix(".fresh")  # which no reader takes for one of theirs
    # not a hole: to write into one on a full disk would end this process. A key has its length before it, up to 8 bytes
    # of padding and two numbers of 8 bytes behind it
    fresh.write_bytes(bytes(_HEAD + sum(len(key.encode()) + 28 for key in sums)))
    with contextlib.closing(MmapedDict(str(fresh))) as file:  # type: ignore[no-untyped-call]
        for key, value in sums.items():
            file.write_value(key, value, 0.0)  # type: ignore[no-untyped-call]
    fresh.replace(total)
    for path in over:
        path.unlink()


def _ended(path: Path) -> bool:
    pid = path.stem.partition("_")[2]
    if not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return True  # another user's: the number was given away again
    return False
