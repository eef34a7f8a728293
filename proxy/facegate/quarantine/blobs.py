"""Where sealed bytes lie: a small port, and the folder under the home that is one.

Its errors are those of files: FileNotFoundError, FileExistsError, and OSError with one line in `strerror` for all else.
"""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from facegate.quarantine.wrapping import sync_folder

SUFFIX = ".sealed"


@dataclass(frozen=True, slots=True)
class Blob:
    """`whole`: put to its end. Of one that is not, `id` may be anybody's. `settled`: nobody is about to write its
    record, on no machine."""

    name: str
    id: str
    size: int
    whole: bool = True
    settled: bool = True


class Blobs(Protocol):
    """Bytes by the id of their record. Every method blocks, and may be called from any thread."""

    @property
    def healthy(self) -> bool: ...

    def put(self, id_: str, pieces: Sequence[bytes]) -> None:
        """Durable when it returns. Never replaces what another put: FileExistsError."""

    def get(self, id_: str) -> bytes: ...

    def has(self, id_: str) -> bool: ...

    def remove(self, id_: str) -> None: ...

    def withdraw(self, id_: str) -> None:
        """What this process has just put, and where it put it."""

    def discard(self, name: str) -> None:
        """By the name that `list` said; one that is gone already is no error."""

    def list(self) -> Iterator[Blob]: ...

    def probe(self) -> None:
        """Find out anew whether it can be written."""


class FileBlobs:
    """A file for each, in one of 256 folders by hash."""

    healthy = True  # a folder says so by itself, each time it is written

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, id_: str, pieces: Sequence[bytes]) -> None:
        path = self._path(id_)
        aside = path.with_suffix(f".{secrets.token_hex(4)}.tmp")
        try:
            if not path.parent.is_dir():
                path.parent.mkdir(mode=0o700, exist_ok=True)
                sync_folder(self._folder)
            handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(handle, "wb", buffering=0) as file:
                for piece in pieces:
                    view = memoryview(piece)
                    while view:
                        view = view[file.write(view) :]
                os.fsync(handle)
            # link, not rename: an id that exists already must not lose its bytes
            os.link(aside, path)
            aside.unlink()
            sync_folder(path.parent)
        except BaseException:  # whatever it is: half a file helps nobody
            with contextlib.suppress(OSError):
                aside.unlink(missing_ok=True)
            raise

    def get(self, id_: str) -> bytes:
        return self._path(id_).read_bytes()

    def has(self, id_: str) -> bool:
        return self._path(id_).is_file()

    def remove(self, id_: str) -> None:
        self._path(id_).unlink()

    def withdraw(self, id_: str) -> None:
        self.remove(id_)

    def discard(self, name: str) -> None:
        (self._folder / name).unlink(missing_ok=True)

    def list(self) -> Iterator[Blob]:
        for folder in self._folder.iterdir():
            if folder.is_dir():
                with os.scandir(folder) as entries:
                    for entry in entries:
                        with contextlib.suppress(FileNotFoundError):
                            path = Path(entry.name)
                            size = entry.stat().st_size
                            yield Blob(f"{folder.name}/{entry.name}", path.stem, size, path.suffix == SUFFIX)

    def probe(self) -> None:
        pass

    def _path(self, id_: str) -> Path:
        # 256 folders by hash: a million records make 4,000 files in each, whatever the ids look like
        return self._folder / hashlib.sha256(id_.encode()).hexdigest()[:2] / f"{id_}{SUFFIX}"
