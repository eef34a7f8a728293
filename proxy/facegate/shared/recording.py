"""A connection that remembers what it was told to write, so that other nodes can be told the same."""

import sqlite3
from collections.abc import Callable, Iterable
from typing import Any

from facegate.errors import StateError
from facegate.shared.entry import Statement

_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLAC")


class Recording(sqlite3.Connection):
    """What a change runs by `execute` and `executemany` counts; triggers do the same on each node by themselves."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.recorded: list[Statement] = []
        self._on = False

    def record[T](self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Run it. Of a change that raises nothing is kept."""
        kept, before = len(self.recorded), self.total_changes
        self._on = True
        try:
            result = change(self)
            if self.total_changes != before and len(self.recorded) == kept:
                raise StateError("a change was made in a way that cannot be shared")
        except BaseException:
            del self.recorded[kept:]
            raise
        finally:
            self._on = False
        return result

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        cursor = super().execute(sql, parameters)
        if self._on and sql.lstrip()[:6].upper() in _WRITES:
            self.recorded.append((sql, tuple(parameters)))
        return cursor

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        rows = [tuple(row) for row in parameters]
        cursor = super().executemany(sql, rows)
        if self._on:
            self.recorded.extend((sql, row) for row in rows)
        return cursor
