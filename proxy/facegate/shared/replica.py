"""One node's database as a copy of the shared state: brought up to date before each change, which is shared before it
is committed.

Every node runs the same statements in the same order. A node that stops between the log's answer and its own COMMIT
finds its entry in the log when it goes on.
"""

import contextlib
import logging
import sqlite3
from collections.abc import Callable, Sequence
from typing import Final

from facegate.errors import StateError, Uncertain
from facegate.shared.entry import Place, Seal, Statement, close, open_
from facegate.shared.link import Away
from facegate.shared.log import Log, Seen
from facegate.shared.place import place_of, set_place
from facegate.shared.recording import Recording
from facegate.state.schema import VERSION

logger = logging.getLogger(__name__)

FEW: Final = 20  # entries to run while others wait for the turn

ADVICE: Final = "see `facegate state status`, and docs/state.md for `facegate state resync`"


class Replica:
    """state.writer.Shared over a Log. Used in the writer's thread."""

    def __init__(self, log: Log, seal: Seal) -> None:
        self.log = log
        self._seal = seal
        self._turn = False
        self._singly = False

    def begin(self, connection: sqlite3.Connection, *, turn: bool) -> None:
        """Open a transaction that has seen the whole log, in `turn` as who alone may append. Raises StateError."""
        while True:
            connection.execute("BEGIN IMMEDIATE")
            place = _joined(connection)
            if turn:
                self._turn = True  # also when the answer is lost
                seen = self.log.take(place.position)
            else:
                seen = self.log.read(place.position)
            follow(place, seen, self.log)
            if not seen.entries:
                if place != seen.place:
                    raise StateError(f"the shared log at {self.log.to} has another past than this node; {ADVICE}")
                return
            if len(seen.entries) > FEW:
                self.leave()
            self._apply(connection, place, seen)

    def record[T](self, connection: sqlite3.Connection, change: Callable[[sqlite3.Connection], T]) -> T:
        assert isinstance(connection, Recording)
        return connection.record(change)

    def accept(self, connection: sqlite3.Connection) -> bool:
        """Append what was recorded since `begin`. False: there was nothing. Raises StateError when the log did not take
        it, Uncertain when nobody can tell."""
        assert isinstance(connection, Recording)
        statements, connection.recorded = connection.recorded, []
        if not statements:
            self.leave()
            return False
        before = _joined(connection)
        sealed = close(self._seal, before, VERSION, statements)
        after = before.after(sealed)
        set_place(connection, after)
        try:
            self.log.append(before, after, sealed)
        except Away as error:
            raise Uncertain(f"{error}; what was asked for may have been done") from None
        self._turn = False
        return True

    def abandon(self, connection: sqlite3.Connection) -> None:
        """After a failure of any kind."""
        if isinstance(connection, Recording):
            connection.recorded = []
        with contextlib.suppress(StateError):
            self.leave()

    def leave(self) -> None:
        if self._turn:
            self._turn = False
            self.log.leave()

    def close(self) -> None:
        self.log.close()

    def _apply(self, connection: sqlite3.Connection, place: Place, seen: Seen) -> None:
        entries = seen.entries[:1] if self._singly else seen.entries
        self._singly = False
        began = place
        connection.execute("PRAGMA defer_foreign_keys=ON")  # their authors may have; until the COMMIT
        for position, sealed in entries:
            if position != place.position + 1:
                raise StateError(f"the shared log at {self.log.to} has a gap; {ADVICE}")
            _run(connection, open_(self._seal, place, VERSION, sealed))
            place = place.after(sealed)
        set_place(connection, place)
        try:
            connection.execute("COMMIT")
        except sqlite3.IntegrityError:
            # A rule that is held at the COMMIT stopped it at its author's, too: then it changes nothing anywhere.
            connection.execute("ROLLBACK")
            if len(entries) > 1:
                self._singly = True
                return
            self._skip(connection, began, place)

    def _skip(self, connection: sqlite3.Connection, began: Place, after: Place) -> None:
        connection.execute("BEGIN IMMEDIATE")
        if _joined(connection) == began:
            set_place(connection, after)
            logger.error(
                "the change %d of the shared state breaks a rule of the database, on each node", after.position
            )
        connection.execute("COMMIT")


def follow(place: Place, seen: Seen, log: Log) -> None:
    """Can a node that stands at `place` go on with this log? Raises StateError with what to do when not."""
    if not seen.place.epoch:
        raise StateError(f"Redis at {log.to} holds no shared state: it was emptied, or is another one; {ADVICE}")
    if seen.place.epoch != place.epoch:
        raise StateError(f"the shared state at {log.to} was begun anew without this node; {ADVICE}")
    if seen.place.position < place.position:
        raise StateError(
            f"the shared log at {log.to} ends at {seen.place.position}, this node saw {place.position}: "
            f"Redis has lost what it had accepted; {ADVICE}"
        )
    if seen.place.position > place.position and (not seen.entries or seen.entries[0][0] != place.position + 1):
        raise StateError(f"this node was away for longer than the shared log goes back; {ADVICE}")


def _run(connection: sqlite3.Connection, statements: Sequence[Statement]) -> None:
    try:
        for sql, values in statements:
            connection.execute(sql, values)
    except sqlite3.IntegrityError:  # its author's database took it
        raise StateError(f"this node's database is not what the shared log was written for; {ADVICE}") from None


def _joined(connection: sqlite3.Connection) -> Place:
    place = place_of(connection)
    if place is None:
        raise StateError(f"this node is not part of the shared state any more; restart it, and {ADVICE}")
    return place
