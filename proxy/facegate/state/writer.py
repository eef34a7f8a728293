"""One thread that writes: what waits at the same time shares one COMMIT (group commit)."""

import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from facegate.errors import ConfigError, StateError, Uncertain

BATCH = 64  # changes in one COMMIT: 196,000 rows a second were measured at 64, and a batch stays under a few ms
BUSY_SECONDS = 10.0  # another process's COMMIT takes milliseconds; longer means that it hangs

# What COMMIT ends with before its last frame is in the write-ahead log; without that frame nothing of it counts
# (https://sqlite.org/walformat.html). After a failed fsync the frame may be there, or not.
_NOT_COMMITTED = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_IOERR_WRITE)


@dataclass(frozen=True)
class _Change:
    """`local`: it stays on this machine, whoever shares the state. `run` is None where nothing is changed, but what
    others wrote is to be here."""

    run: Callable[[sqlite3.Connection], Any] | None
    future: "Future[Any]"
    local: bool


class Shared(Protocol):
    """What several machines agree on before it is committed; see shared.replica."""

    def begin(self, connection: sqlite3.Connection, *, turn: bool) -> None:
        """Open a transaction that has seen what others wrote; in `turn` nobody else writes until it ends."""

    def record[T](self, connection: sqlite3.Connection, change: Callable[[sqlite3.Connection], T]) -> T: ...

    def accept(self, connection: sqlite3.Connection) -> bool:
        """Whether something is shared now that has to be committed here, too."""

    def abandon(self, connection: sqlite3.Connection) -> None: ...

    def close(self) -> None: ...


class Writer:
    """`connection` is called once, in the writer's thread. `path` is the file it is supposed to write."""

    def __init__(self, connection: Callable[[], sqlite3.Connection], path: Path, shared: Shared | None = None) -> None:
        self.refused = 0  # changes that could not be written
        self._connect = connection
        self._path = path
        self._shared = shared
        self._queue: queue.SimpleQueue[_Change | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

    def submit[T](self, change: Callable[[sqlite3.Connection], T] | None, *, local: bool = False) -> "Future[T]":
        """The future resolves after the COMMIT. It carries StateError when that was not possible, and Uncertain when
        the COMMIT failed in a way that leaves open whether it will be there after a crash."""
        future: Future[T] = Future()
        with self._lock:
            if self._closed:
                future.set_exception(StateError(f"{self._path}: is closed"))
                return future
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="state-writer", daemon=True)
                self._thread.start()
            self._queue.put(_Change(change, future, local))
        return future

    def close(self) -> None:
        with self._lock:
            thread, self._thread = self._thread, None
            self._closed = True
            if thread is not None:
                self._queue.put(None)
        if thread is not None:
            thread.join()
        if self._shared is not None:
            self._shared.close()

    def _run(self) -> None:
        connection: sqlite3.Connection | None = None
        identity = (0, 0)
        ended = False
        while not ended:
            batch, ended = self._batch()
            try:
                if connection is None:
                    identity = _identity(self._path)
                    connection = self._connect()
                self._same(identity)
                self._commit(connection, batch)
            except Exception as error:  # noqa: BLE001 - a thread that ended would leave its callers waiting for ever
                self.refused += sum(change.run is not None for change in batch)
                _fail(batch, error if isinstance(error, StateError) else self._unwritable(error))
                if connection is not None and connection.in_transaction:
                    with contextlib.suppress(sqlite3.Error):  # a failed COMMIT may have rolled back already
                        connection.execute("ROLLBACK")
                if connection is not None and self._shared is not None:
                    self._shared.abandon(connection)
        if connection is not None:
            connection.close()

    def _batch(self) -> tuple[list[_Change], bool]:
        """Wait for one change, take what came meanwhile. The flag says that nothing follows."""
        batch: list[_Change] = []
        change = self._queue.get()
        while change is not None:
            if change.future.set_running_or_notify_cancel():
                batch.append(change)
            if len(batch) >= BATCH:
                return batch, False
            try:
                change = self._queue.get_nowait()
            except queue.Empty:
                return batch, False
        return batch, True

    def _commit(self, connection: sqlite3.Connection, batch: list[_Change]) -> None:
        if not batch:
            return
        outcomes: list[tuple[Future[Any], Any, Exception | None]] = []
        shared = self._shared if not all(change.local for change in batch) else None
        if shared is None:
            connection.execute("BEGIN IMMEDIATE")
        else:
            shared.begin(connection, turn=any(change.run is not None and not change.local for change in batch))
        for change in batch:
            connection.execute("SAVEPOINT change")
            try:
                outcomes.append((change.future, _run(change, connection, shared), None))
            except Exception as error:  # noqa: BLE001 - whatever one change raises is its caller's, not its neighbours'
                if not connection.in_transaction:  # a full disk makes SQLite undo the whole transaction
                    raise self._unwritable(error) from None
                connection.execute("ROLLBACK TO change")
                outcomes.append((change.future, None, self._explained(error)))
            connection.execute("RELEASE change")
        accepted = shared is not None and shared.accept(connection)
        try:
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            if not accepted and getattr(error, "sqlite_errorcode", None) in _NOT_COMMITTED:
                raise
            raise Uncertain(str(self._unwritable(error))) from None
        for future, result, failure in outcomes:
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)

    def _same(self, identity: tuple[int, int]) -> None:
        """SQLite would go on writing to a file that no name leads to any more, and call that durable."""
        if _identity(self._path) != identity:
            raise StateError(f"{self._path}: was replaced or removed while in use; restart facegate")

    def _explained(self, error: Exception) -> Exception:
        if isinstance(error, UnicodeEncodeError):  # an argument of a command line may hold any bytes
            return ConfigError(f"{self._path}: was asked for something that is not UTF-8 text")
        if isinstance(error, sqlite3.Error) and not isinstance(error, sqlite3.IntegrityError):
            return self._unwritable(error)
        return error

    def _unwritable(self, error: Exception) -> StateError:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:  # its extended codes begin with it
            why = "another process of facegate writes to it, or waits for a shared state that is away"
            return StateError(f"{self._path}: not written in {BUSY_SECONDS:.0f} s: {why}; try again")
        return StateError(f"{self._path}: cannot be written ({error}); check the disk's space and the file's owner")


def _run(change: _Change, connection: sqlite3.Connection, shared: Shared | None) -> Any:
    if change.run is None:
        return None
    return change.run(connection) if shared is None or change.local else shared.record(connection, change.run)


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino


def _fail(batch: list[_Change], error: StateError) -> None:
    for change in batch:
        if not change.future.done():
            change.future.set_exception(error)
