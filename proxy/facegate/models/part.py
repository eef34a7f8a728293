"""A file that arrives piece by piece: bounded, on the disk as far as it came, and gone on with the next time.

Nothing that arrives is trusted: its length is bounded here, its digest is checked by who asked for it.
"""

import os
from collections.abc import Callable, Iterable
from io import BufferedIOBase
from pathlib import Path
from typing import IO

from facegate.errors import FetchError

CHUNK = 64 << 10  # bytes read, written and told of at a time, at most
AGAIN = "run the same again to go on from there"

Progress = Callable[[int, int | None], None]  # bytes that are there, and bytes in all where that is known


class Part:
    """The file, and beside it the ETag of what it was begun from. Every method raises FetchError, one line."""

    def __init__(self, path: Path, most: int) -> None:
        """`most` bytes are taken at most."""
        self.path = path
        self._most = most
        self._etag = path.with_name(f"{path.name}.etag")

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    @property
    def etag(self) -> str:
        return self._etag.read_text(encoding="utf-8") if self._etag.exists() else ""

    @etag.setter
    def etag(self, value: str) -> None:
        try:
            self._etag.write_text(value, encoding="utf-8")
        except OSError as error:
            raise self._unwritable(error) from None

    def forget(self) -> None:
        """It is complete: what was needed to go on with it goes."""
        self._etag.unlink(missing_ok=True)

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)
        self.forget()

    def bounded(self, size: int, source: str) -> None:
        if size > self._most:
            raise FetchError(f"{source}: has {size} bytes or more; at most {self._most} are taken")

    def copy(self, source: Path, progress: Progress) -> None:
        if source.exists() and not source.is_file():
            raise FetchError(f"{source}: is not a file")  # a pipe or a device would never end
        try:
            with source.open("rb") as file:
                total = os.fstat(file.fileno()).st_size
                self.bounded(total, str(source))
                self.write(0, pieces(file), total, progress, str(source))
        except OSError as error:
            raise FetchError(f"{source}: cannot be read ({error.strerror})") from None

    def write(self, start: int, chunks: Iterable[bytes], total: int | None, progress: Progress, source: str) -> int:
        """Append from byte `start` on. Returns the bytes that are there. Errors of reading pass through as they are."""
        try:
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            os.truncate(handle, start)
            os.lseek(handle, start, os.SEEK_SET)
        except OSError as error:
            raise self._unwritable(error) from None
        with os.fdopen(handle, "wb", buffering=0) as file:
            done = start
            for chunk in chunks:
                done += len(chunk)
                if done > self._most:
                    self.discard()
                    self.bounded(done, source)
                self._append(file, chunk)
                progress(done, total)
            self._append(file, b"")
        return done

    def _append(self, file: IO[bytes], chunk: bytes) -> None:
        """All of `chunk`; an empty one is the end, and takes what was written to the disk."""
        rest = memoryview(chunk)
        try:
            while rest:
                rest = rest[file.write(rest) :]  # less than all where the disk is nearly full
            if not chunk:
                os.fsync(file.fileno())
        except OSError as error:
            raise self._unwritable(error) from None

    def _unwritable(self, error: OSError) -> FetchError:
        return FetchError(f"{self.path}: cannot be written ({error.strerror}); make room, then {AGAIN}")


def pieces(source: BufferedIOBase) -> Iterable[bytes]:
    """What is there, without waiting for a whole chunk: as little as can be is lost when the way is cut off."""
    return iter(lambda: source.read1(CHUNK), b"")
