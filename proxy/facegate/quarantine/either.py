"""Two storages as one, while bodies move from the old to the new: written to the new one, found in either."""

import errno
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from facegate.quarantine.blobs import Blob, Blobs

NEW, OLD = "new:", "old:"  # before the names that `list` says


class Either:
    """Satisfies Blobs. A body is in the new storage before it leaves the old one, so it is always in one of them."""

    def __init__(self, new: Blobs, old: Blobs) -> None:
        self.new, self.old = new, old

    @property
    def healthy(self) -> bool:
        """That of the new one: what is withheld now goes there, whether the old one answers or not."""
        return self.new.healthy

    def put(self, id_: str, pieces: Sequence[bytes]) -> None:
        self.new.put(id_, pieces)

    def withdraw(self, id_: str) -> None:
        self.new.withdraw(id_)

    def get(self, id_: str) -> bytes:
        return self._first(lambda blobs: blobs.get(id_))

    def has(self, id_: str) -> bool:
        def there(blobs: Blobs) -> bool:
            if not blobs.has(id_):
                raise FileNotFoundError
            return True

        try:
            return self._first(there)
        except FileNotFoundError:
            return False

    def remove(self, id_: str) -> None:
        """From both: a move that was stopped may have left it in each."""
        missing, wrong = 0, None
        for blobs in (self.new, self.old):
            try:
                blobs.remove(id_)
            except FileNotFoundError:
                missing += 1
            except OSError as error:
                wrong = error
        if wrong is not None:
            raise wrong
        if missing == 2:
            raise FileNotFoundError(errno.ENOENT, "is in neither storage")

    def discard(self, name: str) -> None:
        (self.old if name.startswith(OLD) else self.new).discard(name[len(OLD) :])

    def list(self) -> Iterator[Blob]:
        # the old one first: what moves meanwhile is said twice at most, and never left out
        for place, blobs in ((OLD, self.old), (NEW, self.new)):
            for blob in blobs.list():
                yield replace(blob, name=place + blob.name)

    def probe(self) -> None:
        self.new.probe()

    def _first[T](self, look: Callable[[Blobs], T]) -> T:
        try:
            return look(self.new)
        except FileNotFoundError:
            try:
                return look(self.old)
            except FileNotFoundError:
                return look(self.new)  # it may have moved between the two looks
        except OSError:
            try:
                return look(self.old)
            except OSError:
                pass
            raise
