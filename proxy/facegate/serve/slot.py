"""The place of one gateway: a listening socket and two indices, which the processes that serve there have in turns."""

import contextlib
from collections.abc import Callable
from pathlib import Path

from facegate.errors import FacegateError
from facegate.serve.arguments import status_file
from facegate.serve.child import Child

DRAIN_SECONDS = 35.0  # a gateway waits 30 for what is under way (serve.gateway)


class Slot:
    """`make` makes a process that is not started yet, by its index: `number`, or `number` + `of`, so that the old one
    and the new one write each a ledger and a status of its own."""

    def __init__(self, number: int, of: int, make: Callable[[int], Child], run: Path) -> None:
        self.number = number
        self._make, self._run = make, run
        self._index, self._other_index = number, number + of
        self.child = make(number)
        self._other: Child | None = None  # that is to come, or leaves

    @property
    def children(self) -> list[Child]:
        return [self.child] if self._other is None else [self.child, self._other]

    async def replace(self, check: Callable[[], None], keep: Callable[[Child], None], patience: float) -> None:
        """Start another one beside the one that serves; once it is ready, and `check` does not object, that one leaves.

        `keep` is told to keep the new one alive; `patience` (seconds) is how long the old one may take to leave.
        Raises FacegateError: then the old one serves as before. Cancelled, both are still among `children`.
        """
        coming = self._other = self._make(self._other_index)
        self.child.succeeded = True
        try:
            await coming.start()
            check()
        except FacegateError:
            self.child.succeeded = False
            await coming.leave(patience, DRAIN_SECONDS)  # it may have taken connections
            self._gone(self._other_index)
            raise
        self.child, self._other = coming, self.child
        self._index, self._other_index = self._other_index, self._index
        keep(coming)
        await self._other.leave(patience, DRAIN_SECONDS)
        self._gone(self._other_index)

    def _gone(self, index: int) -> None:
        self._other = None
        with contextlib.suppress(OSError):  # then /readyz waits for it, and says so
            status_file(self._run, index).unlink(missing_ok=True)
