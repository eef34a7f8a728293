"""The init segments that jobs were given: without its own, a segment of video cannot be looked at.

Only what was passed is remembered, by job and host: what one job fetched says nothing of what another fetches. Bounded
in number and bytes; the one that was asked for longest ago goes first.
"""

from collections import OrderedDict
from urllib.parse import urlsplit

ENTRIES = 1_024
BYTES = 16 << 20
CANDIDATES = 8  # init segments that one segment is tried with: a film has one for each size it comes in

Place = tuple[str, str]  # job, host and port


class Inits:
    def __init__(self, entries: int = ENTRIES, size: int = BYTES) -> None:
        self._entries, self._room = entries, size
        self._known: OrderedDict[tuple[Place, str, bytes], None] = OrderedDict()
        self._by_place: dict[Place, OrderedDict[tuple[str, bytes], None]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def remember(self, job: str, url: str, init: bytes) -> None:
        place, path = _split(job, url)
        key = (place, path, init)
        if key in self._known:
            self._touch(key)
            return
        self._room -= len(init)
        self._known[key] = None
        self._by_place.setdefault(place, OrderedDict())[path, init] = None
        while self._room < 0 or len(self._known) > self._entries:
            self._forget(next(iter(self._known)))

    def candidates(self, job: str, url: str) -> tuple[bytes, ...]:
        """Those that may belong to what `url` gives: of the nearest folder first, and there the latest first."""
        place, path = _split(job, url)
        here = [*reversed(self._by_place.get(place, ()))]
        here.sort(key=lambda known: -_shared(known[0], path))
        found = dict.fromkeys(init for _, init in here)
        chosen = tuple(found)[:CANDIDATES]
        for known in [(path, init) for path, init in here if init in chosen]:
            self._touch((place, *known))
        return chosen

    def _touch(self, key: tuple[Place, str, bytes]) -> None:
        self._known.move_to_end(key)

    def _forget(self, key: tuple[Place, str, bytes]) -> None:
        place, path, init = key
        del self._known[key]
        del self._by_place[place][path, init]
        if not self._by_place[place]:
            del self._by_place[place]
        self._room += len(init)


def _split(job: str, url: str) -> tuple[Place, str]:
    parts = urlsplit(url)
    return (job, parts.netloc.lower()), parts.path


def _shared(one: str, other: str) -> int:
    """Folders that two paths have in common, from the root."""
    count = 0
    for a, b in zip(one.split("/")[:-1], other.split("/")[:-1], strict=False):
        if a != b:
            break
        count += 1
    return count
