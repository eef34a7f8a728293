"""What one run measured, and its file: enough to draw every table and plot again, and to compare two runs."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.detector.contestants import ENTRIES
from benchmarks.labels import Picture

FORMAT = 1


class ResultsError(Exception):
    """A file that is not what `--out` wrote."""


@dataclass
class Run:
    """One contestant. Lists run along `Results.pictures`; times are milliseconds, memory megabytes."""

    name: str  # in contestants.py
    threshold: float = 0.0  # as shipped
    about: dict[str, str] = field(default_factory=dict)
    scores: list[float | None] = field(default_factory=list)  # best score, everything over LOW; None: not decoded
    shipped: list[float | None] = field(default_factory=list)  # the same at the shipped threshold, as the time pass saw
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    two_cores: float | None = None  # pictures a second, two processes side by side
    memory: dict[str, float] = field(default_factory=dict)  # `before` anything was loaded, `peak`
    redacted: list[float | None] = field(default_factory=list)  # `scores` of what redaction left; None: not redacted

    @property
    def title(self) -> str:
        return ENTRIES[self.name].title


@dataclass
class Results:
    pictures: list[Picture]
    runs: list[Run]
    machine: dict[str, str]

    def run(self, name: str) -> Run | None:
        return next((run for run in self.runs if run.name == name), None)

    @property
    def faces(self) -> list[int]:
        """Numbers of the pictures with a face."""
        return [number for number, picture in enumerate(self.pictures) if picture.face]

    @property
    def clear(self) -> list[int]:
        return [number for number, picture in enumerate(self.pictures) if not picture.face]


def save(results: Results, file: Path) -> None:
    file.write_text(json.dumps({"format": FORMAT, **asdict(results)}) + "\n", encoding="utf-8")


def load(file: Path) -> Results:
    """Raises ResultsError."""
    try:
        held: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if held["format"] != FORMAT:
            raise ResultsError(f"{file} has format {held['format']}, this program reads {FORMAT}")
        pictures = [
            Picture(**{**row, "tags": tuple(row["tags"]), "skin": tuple(row["skin"])}) for row in held["pictures"]
        ]
        results = Results(pictures, [Run(**row) for row in held["runs"]], held["machine"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ResultsError(f"{file} is no results.json of this program ({type(error).__name__})") from None
    if unknown := [run.name for run in results.runs if run.name not in ENTRIES]:
        raise ResultsError(f"{file} is about {unknown[0]}, which this program does not know")
    if any(len(run.scores) != len(pictures) for run in results.runs):
        raise ResultsError(f"{file} has not one score for each picture")
    return results
