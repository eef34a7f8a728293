"""What one operator's targeted jobs may add up to, and what they do. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

COUNTED: Final = ("subjects", "hosts", "releases", "faces", "overlap")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Each may be reached within `window`, and not passed; None: not watched."""

    window: timedelta = timedelta(days=90)
    subjects: int | None = 100  # different persons
    hosts: int | None = 200  # different registrable domains
    releases: int | None = 10_000  # face-bearing responses
    faces: int | None = 50_000
    overlap: int | None = 10  # targeted jobs that look into one and the same domain


@dataclass(frozen=True, slots=True)
class Totals:
    subjects: int = 0
    hosts: int = 0
    releases: int = 0
    faces: int = 0
    overlap: int = 0

    def over(self, thresholds: Thresholds) -> dict[str, int]:
        """Those that are, with what they have come to."""
        return {
            name: value
            for name in COUNTED
            if (most := getattr(thresholds, name)) is not None and (value := getattr(self, name)) > most
        }

    def as_json(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in COUNTED}
