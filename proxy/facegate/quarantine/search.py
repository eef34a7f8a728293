"""Records found and sorted, a page at a time by key: as quick at the end of a million as at the beginning.

What no index can answer goes along one for at most WALKED rows; the page then says that it is partial, and its `next`
goes on where the walk ended.
"""

import sqlite3
from dataclasses import dataclass
from typing import Any

from facegate.errors import ConfigError
from facegate.quarantine import entries
from facegate.quarantine.entries import Entry
from facegate.quarantine.filters import Filter, Key, read_key
from facegate.quarantine.plans import SORTS, Plan, plan
from facegate.quarantine.ways import Terms, joined
from facegate.state.database import Database

WALKED = 10_000  # rows, for one page; some 50 ms
MOST = 1_000  # records on a page


@dataclass(frozen=True, slots=True)
class Page:
    """`next` and `previous` lead on and back, None at the ends. `partial`: the walk ended before the page was full."""

    records: list[Entry]
    next: str | None
    previous: str | None
    partial: bool = False

    def as_json(self) -> dict[str, Any]:
        shown = [it.as_json() for it in self.records]
        return {"records": shown, "next": self.next, "previous": self.previous, "partial": self.partial}


def search(
    database: Database, looked_for: Filter | None = None, sort: str = "newest", size: int = 50, after: str = ""
) -> Page:
    """Raises ConfigError for what cannot be looked for."""
    if sort not in SORTS:
        raise ConfigError(f"sort has to be one of {', '.join(SORTS)}")
    if not 1 <= size <= MOST:
        raise ConfigError(f"a page has from 1 to {MOST} records")
    checked = (looked_for or Filter()).checked()
    key = read_key(after, sort) if after else None

    def read(connection: sqlite3.Connection) -> Page:
        way = plan(connection, checked, SORTS[sort])
        return Page([], None, None) if way.empty else _page(connection, way, sort, size, key)

    return database.look(read)


def _page(connection: sqlite3.Connection, way: Plan, sort: str, size: int, key: Key | None) -> Page:
    forward = key is None or key.forward
    stop = None if way.narrow or not way.residual else _stop(connection, way, key)
    rows: list[sqlite3.Row] = []
    for stretch in _stretches(way, key, stop):
        where, values = joined((*way.where, *way.residual, *stretch))
        sql = (
            f"SELECT {entries.COLUMNS} FROM {way.source} WHERE {where}"  # noqa: S608 - our own words
            f" ORDER BY {_order(way, forward)} LIMIT ?"
        )
        rows += connection.execute(sql, (*values, size + 1 - len(rows))).fetchall()
        if len(rows) > size:
            break
    more, rows = len(rows) > size, rows[:size]
    partial = stop is not None and not more
    found = [entries.entry(row) for row in (rows if forward else reversed(rows))]

    def at(entry: Entry, *, forward: bool) -> str:
        return Key(sort, getattr(entry, SORTS[sort].column), entry.seq, forward).token()

    ahead = behind = None
    if partial and stop is not None:
        ahead = Key(sort, *stop, forward).token()
    elif more:
        ahead = at(found[-1] if forward else found[0], forward=forward)
    if key is not None:
        behind = at(found[0 if forward else -1], forward=not forward) if found else _turned(key).token()
    return Page(found, ahead if forward else behind, behind if forward else ahead, partial)


def _turned(key: Key) -> Key:
    """Back from an empty page: the one before, with what stood at its end."""
    return Key(key.sort, key.value, key.seq, not key.forward, inclusive=not key.inclusive)


def _stop(connection: sqlite3.Connection, way: Plan, key: Key | None) -> tuple[Any, int] | None:
    """The last row that this walk may look at; None when there are not as many."""
    order, left = _order(way, key is None or key.forward), WALKED
    for stretch in _stretches(way, key, None):
        where, values = joined((*way.where, *stretch))
        walk = (
            f"SELECT {way.columns[0]} AS value, {way.columns[1]} AS seq FROM {way.bare} WHERE {where} ORDER BY {order}"  # noqa: S608
        )
        row = connection.execute(f"{walk} LIMIT 1 OFFSET ?", (*values, left - 1)).fetchone()
        if row is not None:
            return row["value"], row["seq"]
        left -= connection.execute(f"SELECT count(*) FROM ({walk})", values).fetchone()[0]  # noqa: S608
    return None


def _order(way: Plan, forward: bool) -> str:
    direction = "DESC" if way.descending is forward else "ASC"
    value, seq = way.columns
    return f"{value} {direction}" if value == seq else f"{value} {direction}, {seq} {direction}"


def _stretches(way: Plan, key: Key | None, stop: tuple[Any, int] | None) -> list[Terms]:
    """From behind `key` up to `stop`, in order. Each is one range of an index: a comparison of pairs is not, and goes
    through every row that has the same value."""
    value, seq = way.columns
    on, back = ("<", ">") if way.descending is (key is None or key.forward) else (">", "<")
    first = f"{on}=" if key is not None and key.inclusive else on
    if value == seq:
        ends = (
            *(((f"{seq} {first} ?", (key.seq,)),) if key else ()),
            *(((f"{seq} {back}= ?", (stop[1],)),) if stop else ()),
        )
        return [ends]
    head: Terms = ((f"{value} = ?", (key.value,)), (f"{seq} {first} ?", (key.seq,))) if key else ()
    tail: Terms = ((f"{value} = ?", (stop[0],)), (f"{seq} {back}= ?", (stop[1],))) if stop else ()
    if key and stop and key.value == stop[0]:
        return [(*head, tail[1])]
    between = (
        *(((f"{value} {on} ?", (key.value,)),) if key else ()),
        *(((f"{value} {back} ?", (stop[0],)),) if stop else ()),
    )
    return [it for it, asked in ((head, key), (between, True), (tail, stop)) if asked]
