"""A purge that somebody asked for on a page: one at a time, in a thread, as many records take minutes."""

import asyncio
import logging
import sqlite3
import threading
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from facegate.console.review import Review, review_of
from facegate.console.site import Site
from facegate.errors import Conflict, FacegateError
from facegate.quarantine.destruction import Due
from facegate.quarantine.expiry import complaint, purge

CLOSING = 10.0  # seconds for a batch to end; what it waits for is a disk

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Run:
    """`done`: records whose keys are destroyed so far. `told`: what went wrong, "" for nothing."""

    by: str
    why: str
    due: Due
    planned: int
    done: int = 0
    told: str = ""
    over: bool = False


class _Stopped(Exception):
    pass


class Purging:
    """The last one is remembered, so that whoever asked sees how it went."""

    def __init__(self, review: Review) -> None:
        self._review = review
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopping = False
        self.last: Run | None = None

    def start(self, run: Run) -> None:
        """Raises Conflict while another one is under way."""
        with self._lock:
            if self.last is not None and not self.last.over:
                raise Conflict(f"a purge that {self.last.by} asked for is under way; wait for its end")
            if self._stopping:
                raise Conflict("the console ends; nothing is purged")
            self.last = run
            self._thread = threading.Thread(target=self._run, args=(run,), name="purge", daemon=True)
            self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Whether it is over by then. Blocks."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)
        return thread is None or not thread.is_alive()

    async def close(self) -> None:
        """Ends it behind the batch that it is at: each is whole, and told of."""
        with self._lock:
            self._stopping = True
        await asyncio.to_thread(self.wait, CLOSING)

    def _run(self, run: Run) -> None:
        def tell(done: int) -> None:
            run.done = done
            if self._stopping:
                raise _Stopped

        site, review = self._review.site, self._review
        try:
            done = purge(site.database, site.ledger, review.vault, run.due, user=run.by, reason=run.why, tell=tell)
            run.told = complaint(done.swept)
            for record_id in done.ids:
                review.previews.forget(record_id)
        except _Stopped:
            run.told = "it was cut short by the console's end"
        except (FacegateError, sqlite3.Error, OSError) as error:
            run.told = str(error)
            logger.error("purge: %s", error)  # noqa: TRY400 - one line says it
        finally:
            run.over = True


_OF: WeakKeyDictionary[Site, Purging] = WeakKeyDictionary()


def purging_of(site: Site) -> Purging:
    """The one of this site; it ends before the vault does."""
    if site not in _OF:
        _OF[site] = purging = Purging(review_of(site))
        site.closing.insert(0, purging.close)
    return _OF[site]
