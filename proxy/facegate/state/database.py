"""The embedded database: opened with care, never repaired, recreated or truncated behind the operator's back."""

import asyncio
import contextlib
import os
import secrets
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

from facegate_addons.domain.model import utc_now

from facegate.errors import ConfigError, StateError
from facegate.jobs.record import operator_key
from facegate.state.following import Following
from facegate.state.home import Home
from facegate.state.schema import APPLICATION_ID, MIGRATIONS, VERSION
from facegate.state.writer import BUSY_SECONDS, Shared, Writer

_RESTORE = "move it aside and restore it from a backup"


class Database:
    """One SQLite file (WAL, synchronous=FULL), shared by any number of processes on this machine."""

    def __init__(self, path: Path, reader: sqlite3.Connection, writer: Writer) -> None:
        self.path = path
        self.closing: list[Callable[[], None]] = []  # what ends before it does
        self.stale: Callable[[], str] = lambda: (
            ""
        )  # why others may have written what is not known here; "": they have not
        self.following: Callable[[], Following | None] = lambda: None  # None: it is this machine's alone
        self._reader = reader
        self._reader_lock = threading.Lock()
        self._writer = writer

    @classmethod
    def open(
        cls, path: Path, shared: Shared | None = None, factory: type[sqlite3.Connection] = sqlite3.Connection
    ) -> "Database":
        """Open `path`, create it when this home is new, bring its schema forward. With `shared` several machines write
        to it, on connections that `factory` makes.

        Raises StateError, and leaves every byte as it is, when the file is damaged, somebody else's or too new,
        or when it is gone while the vault or the ledger beside it hold data.
        """
        if not path.exists():
            _refuse_when_lost(path)
            _create(path)
        _examine(path)
        try:
            migrate(path)
            return cls(path, connect(path), Writer(lambda: connect(path, factory=factory), path, shared))
        except sqlite3.Error as error:
            raise StateError(f"{path}: cannot be opened ({error})") from None

    @property
    def refused(self) -> int:
        """Changes that could not be written, since it was opened."""
        return self._writer.refused

    def read(self, sql: str, parameters: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """All rows of one quick query. Blocks: for the command line and threads, not for an event loop."""
        try:
            with self._reader_lock:
                return self._reader.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise StateError(f"{self.path}: cannot be read ({error})") from None
        except UnicodeEncodeError:  # an argument of a command line may hold any bytes
            raise ConfigError(f"{self.path}: was asked for something that is not UTF-8 text") from None

    def look[T](self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Several queries that see one state of the database. Blocks."""
        try:
            with self._reader_lock:
                self._reader.execute("BEGIN")
                try:
                    return query(self._reader)
                finally:
                    self._reader.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise StateError(f"{self.path}: cannot be read ({error})") from None
        except UnicodeEncodeError:
            raise ConfigError(f"{self.path}: was asked for something that is not UTF-8 text") from None

    async def write[T](self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Run `change` in the writer thread; returns its result only after the COMMIT that holds it is on disk.

        What waits at the same time shares one COMMIT; each change has a savepoint of its own, so one that raises
        undoes itself alone. Raises what `change` raised, or StateError when nothing could be written.
        """
        return await asyncio.wrap_future(self._writer.submit(change))

    def write_now[T](self, change: Callable[[sqlite3.Connection], T], *, local: bool = False) -> T:
        """The same for callers without an event loop. Blocks until it is on disk. What is `local` concerns this machine
        alone, and is not shared."""
        return self._writer.submit(change, local=local).result()

    def catch_up(self) -> None:
        """What other machines wrote is here when this returns. Blocks."""
        self._writer.submit(None).result()

    def checkpoint(self) -> bool:
        """Move the write-ahead log into the file and empty it. False where another process's reader stood in the way:
        then what was overwritten may still be read in it."""
        return not self.read("PRAGMA wal_checkpoint(TRUNCATE)")[0][0]

    def close(self) -> None:
        """Finishes what was submitted. Idempotent."""
        while self.closing:
            self.closing.pop()()
        self._writer.close()
        with self._reader_lock:
            self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def connect(path: Path, mode: str = "rw", factory: type[sqlite3.Connection] = sqlite3.Connection) -> sqlite3.Connection:
    """A connection that never creates the file. `mode`: "rw" or "ro"."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=BUSY_SECONDS,
        autocommit=True,
        check_same_thread=False,
        factory=factory,
    )
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=ON")  # a destroyed key is overwritten in its page, not only unlinked
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _refuse_when_lost(path: Path) -> None:
    home = Home(path.parent)
    for folder, what in ((home.vault, "quarantined bodies"), (home.ledger, "ledger lines")):
        if folder.is_dir() and any(f.is_file() and f.stat().st_size for f in folder.rglob("*")):
            raise StateError(
                f"{path}: is missing although {folder} holds {what}; restore it from a backup, "
                "or start anew with another --home"
            )


def _create(path: Path) -> None:
    """Build the file aside and link it into place: a crash, or two starts at once, leave no half-made file."""
    fresh = path.with_name(f"{path.name}.new-{secrets.token_hex(4)}")
    try:
        os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with contextlib.closing(connect(fresh)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        migrate(fresh)
        with contextlib.suppress(FileExistsError):  # another process was first: its file is as good
            os.link(fresh, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except (OSError, sqlite3.Error) as error:
        raise StateError(f"{path}: cannot be created ({error})") from None
    finally:
        for left in path.parent.glob(f"{fresh.name}*"):
            left.unlink(missing_ok=True)


def _examine(path: Path) -> None:
    """Everything that can be told without writing a byte."""
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise StateError(f"{path}: cannot be read ({error.strerror})") from None
    if head != b"SQLite format 3\x00":
        raise StateError(f"{path}: is damaged or not a SQLite file; {_RESTORE}")
    try:
        with contextlib.closing(connect(path, "ro")) as connection:
            if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                raise StateError(f"{path}: is not facegate's; choose another --home or {_RESTORE}")
            verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if verdict != "ok":
                raise StateError(f"{path}: is damaged ({' '.join(verdict.split())}); {_RESTORE}")
            found = _version(connection)
    except sqlite3.DatabaseError as error:
        raise StateError(f"{path}: is damaged or cannot be read ({error}); {_RESTORE}") from None
    if found > VERSION:
        raise StateError(
            f"{path}: was written by a newer facegate (schema {found}, this one knows {VERSION}); upgrade facegate"
        )


def _version(connection: sqlite3.Connection) -> int:
    exists = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'schema_version'").fetchone()
    return connection.execute("SELECT max(version) FROM schema_version").fetchone()[0] if exists else 0


def migrate(path: Path, migrations: Sequence[str] = MIGRATIONS) -> None:
    """Bring the schema forward, one transaction for all steps; safe when several processes start at once."""
    with contextlib.closing(connect(path)) as connection:
        if _version(connection) >= len(migrations):
            return
        connection.create_function("operator_key", 1, operator_key, deterministic=True)
        connection.execute("BEGIN IMMEDIATE")
        try:
            for version in range(_version(connection), len(migrations)):
                for statement in _statements(migrations[version]):
                    connection.execute(statement)
                connection.execute("INSERT INTO schema_version VALUES (?, ?)", (version + 1, utc_now().isoformat()))
            connection.execute("COMMIT")
        except BaseException:  # Ctrl-C too: no half of a migration stays
            connection.execute("ROLLBACK")
            raise


def _statements(script: str) -> list[str]:
    """Split a script; executescript would commit the transaction it runs in."""
    statements, current = [], ""
    for piece in script.split(";"):
        current += piece + ";"
        if sqlite3.complete_statement(current):
            statements.append(current)
            current = ""
    return [s for s in statements if s.strip(" \n;")]
