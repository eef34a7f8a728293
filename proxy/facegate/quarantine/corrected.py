"""The corrections as a running gateway sees them: in memory, a moment old at most, forgotten whenever in doubt."""

import asyncio
import logging
import sqlite3
import threading
import time

from facegate.errors import StateError
from facegate.jobs.document import compact
from facegate.jobs.record import operator_key
from facegate.state.changes import ChangeLog
from facegate.state.database import Database

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.1  # a correction that is revoked counts no more within a second, on a busy machine too
STALLED = 5.0  # seconds without a look at what changed: none is in force any more

_ALL = "SELECT digest, codings, by FROM corrections WHERE revoked IS NULL"
_OF = (
    "SELECT digest, codings, (SELECT n.by FROM corrections n WHERE n.digest = c.digest AND n.codings = c.codings"
    " AND n.revoked IS NULL) AS by FROM corrections c WHERE seq = ?"
)


class Corrected:
    """ports.Corrections over the database. People make them one by one, so all fit in memory: 10,000 take 3 MB."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[tuple[str, str], str] = {}  # the body -> whose word it is, as operators are told apart
        self._stale = True
        self._looked = time.monotonic()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def corrected(self, digest: str, codings: tuple[str, ...], operator: str) -> bool:
        if not self._known or self._database.stale() or time.monotonic() - self._looked > STALLED:
            return False
        by = self._known.get((digest, compact(list(codings))))
        return by is not None and by != operator_key(operator)

    async def start(self) -> None:
        """Raises StateError when they cannot be read."""
        log = await asyncio.to_thread(self._opened)
        self._thread = threading.Thread(target=self._follow, args=(log,), name="corrections", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)

    def _opened(self) -> ChangeLog:
        log = ChangeLog(self._database.path, "correction_changes", "correction")  # before they are read
        try:
            self._read_all()
        except StateError:
            log.close()
            raise
        return log

    def _read_all(self) -> None:
        self._known = {(row["digest"], row["codings"]): operator_key(row["by"]) for row in self._database.read(_ALL)}
        self._stale = False

    def _follow(self, log: ChangeLog) -> None:
        while not self._stopping.wait(POLL_SECONDS):
            self._looked = time.monotonic()
            try:
                if why := self._database.stale():  # another machine may have revoked some
                    raise StateError(why)
                changed = log.poll()
                if self._stale or changed is None:
                    self._read_all()
                elif changed:
                    self._learn(changed)
            except Exception as error:  # noqa: BLE001 - a thread that ended would leave revoked ones in force
                if not self._stale:
                    logger.error("corrections cannot be read, none is in force: %s", type(error).__name__)  # noqa: TRY400
                self._known, self._stale = {}, True
        log.close()

    def _learn(self, changed: list[str]) -> None:
        def read(connection: sqlite3.Connection) -> list[sqlite3.Row]:
            return [row for seq in changed for row in connection.execute(_OF, (int(seq),))]

        known = dict(self._known)  # the event loop reads the other meanwhile
        for row in self._database.look(read):
            body = (row["digest"], row["codings"])
            if row["by"] is None:
                known.pop(body, None)
            else:
                known[body] = operator_key(row["by"])
        self._known = known
