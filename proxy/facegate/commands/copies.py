"""`scan --redact DIR`: where the redacted copies go. A folder's files keep their places in it; nothing is replaced."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from facegate_addons.domain.model import Cover

from facegate.errors import ConfigError


@dataclass(frozen=True)
class Copies:
    """`places`: for each file that is looked at, where its copy would be."""

    cover: Cover
    places: Mapping[Path, Path]

    @classmethod
    def planned(cls, folder: Path, cover: Cover, files: Iterable[tuple[Path, Path]]) -> Self:
        """`files`: what was named on the command line, and each file found there. Raises ConfigError."""
        places: dict[Path, Path] = {}
        taken: dict[Path, Path] = {}
        for named, file in files:
            place = folder / (file.name if named == file else file.relative_to(named))
            if taken.setdefault(place, file) != file:
                raise ConfigError(
                    f"--redact: the copies of {taken[place]} and {file} would both be {place}; scan them one at a time"
                )
            if place.exists(follow_symlinks=False):
                raise ConfigError(f"--redact: {place} is there already; name a new folder")
            places[file] = place
        return cls(cover, places)

    def write(self, file: Path, data: bytes) -> Path:
        """The copy of `file`; where it is. Raises ConfigError."""
        place = self.places[file]
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("xb") as out:
                out.write(data)
        except OSError as error:
            raise ConfigError(
                f"--redact: {place} cannot be written ({error.strerror}); choose another folder"
            ) from None
        return place
