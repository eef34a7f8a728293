"""Verdicts in memory, bounded in number, bytes and age; the one that was asked for longest ago goes first."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from facegate_addons.domain.model import Faces, Unreadable, Verdict

ENTRY = 500  # bytes of an entry with its key and its place in the table: 340 were measured
FINDING = 400  # bytes of one finding: 340 likewise
SHARE = 16  # an entry may take this part of all bytes: one redacted film does not push everything else out


@dataclass(frozen=True, slots=True)
class _Entry:
    verdict: Verdict
    size: int
    until: float


class Memory:
    """`keep` is in seconds: what a worker that was taken over said of other bodies is not believed for ever."""

    def __init__(self, entries: int, room: int, keep: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._entries, self._room, self._keep, self._clock = entries, room, keep, clock
        self._known: OrderedDict[bytes, _Entry] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        return len(self._known)

    @property
    def size(self) -> int:
        """Bytes, as far as they are counted."""
        return self._size

    def get(self, key: bytes) -> Verdict | None:
        entry = self._known.get(key)
        if entry is None:
            return None
        if self._clock() >= entry.until:
            self._forget(key)
            return None
        self._known.move_to_end(key)
        return entry.verdict

    def put(self, key: bytes, verdict: Verdict, keep: float = math.inf) -> None:
        """`keep`: for so many seconds at most, where it was known before it came here."""
        size = size_of(verdict)
        if key in self._known:
            self._forget(key)
        if size > self._room // SHARE:
            return
        self._known[key] = _Entry(verdict, size, self._clock() + min(keep, self._keep))
        self._size += size
        while self._size > self._room or len(self._known) > self._entries:
            self._forget(next(iter(self._known)))

    def _forget(self, key: bytes) -> None:
        self._size -= self._known.pop(key).size


def size_of(verdict: Verdict) -> int:
    match verdict:
        case Faces(findings, redacted, unredacted):
            return ENTRY + FINDING * len(findings) + len(redacted) + len(unredacted)
        case Unreadable(_, detail):
            return ENTRY + len(detail)
    return ENTRY
