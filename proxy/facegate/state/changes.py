"""Which rows somebody wrote: a log that a trigger fills, read only when somebody committed at all."""

import sqlite3
from pathlib import Path

from facegate.errors import StateError
from facegate.state.database import connect


class ChangeLog:
    """`table` has a `seq` and, in `column`, what changed. `data_version` changes with every foreign COMMIT, the log
    only with its own rows: a busy quarantine costs nothing. A poll takes about 10 µs."""

    def __init__(self, path: Path, table: str, column: str) -> None:
        """From now on. Raises StateError."""
        self._path = path
        self._version = -1
        self._rows = f"SELECT seq, {column} AS what FROM {table} WHERE seq > ? ORDER BY seq"  # noqa: S608 - constants
        try:
            self._connection = connect(path)
            last = f"SELECT coalesce(max(seq), 0) FROM {table}"  # noqa: S608 - constants
            self._seq: int = self._connection.execute(last).fetchone()[0]
        except sqlite3.Error as error:
            raise StateError(f"{self._path}: cannot be read ({error})") from None

    def poll(self) -> list[str] | None:
        """What changed since the last call, None when there was more than the log holds."""
        try:
            version: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
            if version == self._version:
                return []
            rows = self._connection.execute(self._rows, (self._seq,)).fetchall()
        except sqlite3.Error as error:
            raise StateError(f"{self._path}: cannot be read ({error})") from None
        self._version = version
        if not rows:
            return []
        complete = rows[0]["seq"] == self._seq + 1
        self._seq = rows[-1]["seq"]
        return [str(row["what"]) for row in rows] if complete else None

    def close(self) -> None:
        self._connection.close()
