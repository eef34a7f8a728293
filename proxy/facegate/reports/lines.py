"""The ledger's lines for adding up: each file once, line by line, in little memory."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from facegate.errors import StateError
from facegate.ledger.chain import parse_line
from facegate.ledger.files import all_files

_STEP = 1 << 20  # bytes between two words about how far it is
_AT = re.compile(rb'"at":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8})[.0-9]{0,7}\+00:00"')
_FIRST = 4 << 10  # bytes of a line in which its time stands: before it come short facts only

type Heard = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lines: of one job or of all, from `since` until before `until`."""

    job: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)

    def outside(self) -> Callable[[bytes], bool]:
        """Is a line certainly before or after? Told by its bytes, ten times as quick as to read it."""
        since, until = _second(self.since), _second(self.until)
        if not since and not until:
            return lambda _raw: False

        def certainly(raw: bytes) -> bool:
            found = _AT.search(raw, 0, _FIRST)
            return found is not None and (found[1] < since or (bool(until) and found[1] > until))

        return certainly


def raw_lines(folder: Path, read: Heard = lambda _bytes: None) -> Iterator[bytes]:
    """Of all files, each without its newline, file by file; one that its writer is still at is left out.

    `read` hears of the bytes that were read since the last time. Raises StateError.
    """
    try:
        for path in all_files(folder):
            done = 0
            with path.open("rb") as file:
                for raw in file:
                    if (done := done + len(raw)) >= _STEP:
                        read(done)
                        done = 0
                    if raw.endswith(b"\n"):
                        yield raw[:-1]
            read(done)
    except OSError as error:
        raise StateError(f"{error.filename}: cannot be read ({error.strerror})") from None


def size(folder: Path) -> int:
    """Bytes that there are to read."""
    return sum(path.stat().st_size for path in all_files(folder))


def began(folder: Path) -> datetime | None:
    """The time of the oldest first line."""
    found = []
    for path in all_files(folder):
        with path.open("rb") as file:
            line = parse_line(file.readline(1 << 20).rstrip(b"\n"))
        if line is not None and (at := at_of(line.entry)) is not None:
            found.append(at)
    return min(found, default=None)


def at_of(entry: dict[str, Any]) -> datetime | None:
    """When it was; None where it does not say so."""
    try:
        at = datetime.fromisoformat(str(entry.get("at")))
    except ValueError:
        return None
    return at if at.tzinfo else None


def _second(at: datetime | None) -> bytes:
    return b"" if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S").encode()
