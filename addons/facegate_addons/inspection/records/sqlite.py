"""SQLite databases: every value of every table, as SQLite itself reads it, from memory; and what pages carry beside."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.parts import Note, Part, Piece, Source
from facegate_addons.inspection.records.leaves import Leaves
from facegate_addons.inspection.records.sqlite_pages import page_size, slack

_STEPS = 50_000  # of SQLite's machine between two looks at the clock: about a millisecond
_READS = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_PRAGMA)
_LENGTH = 64 << 20  # bytes of one value, as long as a body may be
# write and read version in the header: 2 says that there is a log beside it, which a body in memory has not
_WAL = b"\x02\x02"


def sqlite(source: Source) -> Iterator[Piece]:
    data, budget = source.data, source.budget
    size = page_size(data)
    if size is None or len(data) < size:
        raise Unread(Reason.UNDECODABLE, "sqlite")
    budget.decoded(len(data))
    spent: list[Unread] = []
    with closing(_opened(data, budget, spent)) as database:
        try:
            yield from _values(database, budget)
            roots = [row[0] for row in database.execute("SELECT rootpage FROM sqlite_schema") if row[0]]
        except sqlite3.Error:
            raise spent[0] if spent else Unread(Reason.UNDECODABLE, "sqlite") from None
    for rest in slack(data, [1, *roots], budget):
        yield Note(rest, "unused space")
    pages = int.from_bytes(data[28:32], "big")
    if trailer := data[(pages or len(data) // size) * size :]:
        yield Part(trailer, "after the database")


def _opened(data: bytes, budget: Budget, spent: list[Unread]) -> sqlite3.Connection:
    if data[18:20] == _WAL:
        data = data[:18] + b"\1\1" + data[20:]
    database = sqlite3.connect(":memory:")
    database.deserialize(data)
    database.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True)
    # its own functions, and no others, are there: without trust it refuses a CHECK that calls json_valid()
    for off in ("ENABLE_TRIGGER", "ENABLE_VIEW", "ENABLE_LOAD_EXTENSION", "WRITABLE_SCHEMA"):
        database.setconfig(getattr(sqlite3, f"SQLITE_DBCONFIG_{off}"), False)
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LENGTH)
    database.execute("PRAGMA query_only=1")
    database.execute("PRAGMA cell_size_check=1")

    def out_of_time() -> bool:
        try:
            budget.tick()
        except Unread as unread:
            spent.append(unread)
            return True
        return False

    database.set_progress_handler(out_of_time, _STEPS)
    database.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in _READS else sqlite3.SQLITE_DENY)
    database.text_factory = bytes
    return database


def _values(database: sqlite3.Connection, budget: Budget) -> Iterator[Piece]:
    """All that any reader of SQLite gets; what only some would get is corrupt, and the check says so."""
    leaves = Leaves(budget)
    schema = database.execute("SELECT type, name, rootpage, sql FROM sqlite_schema").fetchall()
    if database.execute("PRAGMA integrity_check(1)").fetchall() != [(b"ok",)]:
        raise Unread(Reason.UNDECODABLE, "sqlite")
    for kind, name, root, sql in schema:
        yield from leaves.add(sql or b"")
        yield from leaves.add(name)
        if kind != b"table" or not root:  # views and virtual tables show what others hold
            continue
        quoted = name.decode("utf-8").replace('"', '""')
        for row in database.execute(f'SELECT * FROM "{quoted}"'):  # noqa: S608 - a quoted name
            budget.tick()
            for value in row:
                if isinstance(value, bytes):
                    yield from leaves.add(value)
    yield from leaves.close()
