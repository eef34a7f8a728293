"""The ways to go through the records: along an index, by one part of what is looked for, and how many there are."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from facegate.errors import ConfigError
from facegate.moments import stamp
from facegate.quarantine.filters import Filter

type Term = tuple[str, tuple[Any, ...]]  # a condition and its values
type Terms = tuple[Term, ...]

NARROW: Final = 2_000  # records that are fetched and sorted: some 10 ms
_END = chr(0x10FFFF)
URLS: Final = "SELECT record FROM sightings WHERE url >= ? AND url < ?"
REQUESTS: Final = "SELECT record FROM sightings WHERE request = ? AND request <> ''"  # as the index has it
BELOW: Final = "n.reversed > ? AND n.reversed < ?"


@dataclass(frozen=True, slots=True)
class Way:
    """`source` and `where` name the rows to go along; `terms`, the parts of the filter that it stands for. `count`: how
    many there are, None for unknown."""

    source: str
    where: Terms
    terms: frozenset[str]
    count: int | None
    key: str = "r.seq"  # what counts them, in the order of seq
    ordered: bool = False  # it can be gone along in that order, and has one row for each record
    bare: str = ""  # the source without the records themselves


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of the numbers of records that were first seen in a time."""

    low: int
    high: int

    def where(self, key: str) -> Terms:
        return ((f"{key} BETWEEN ? AND ?", (self.low, self.high)),)


def ways(connection: sqlite3.Connection, it: Filter, bounds: Bounds | None) -> Iterator[Way]:
    """Each by one part of the filter, and by the state where its index has it."""
    state: Terms = (("d.state = ?", (it.state,)),) if it.state is not None else ()
    also = frozenset({"state"} if state else ())
    for name, table in (("job", "record_jobs"), ("host", "record_hosts")):
        value = getattr(it, name)
        if value is not None and not (name == "host" and it.below is not None):
            source = f"{table} d CROSS JOIN records r ON r.seq = d.record"
            count = _counted(connection, name, value, it.state)
            yield Way(
                source,
                ((f"d.{name} = ?", (value,)), *state),
                also | {name},
                count,
                "d.record",
                ordered=True,
                bare=f"{table} d",
            )
    if it.below is not None:
        yield _below(connection, it, state, also)
    if it.reason is not None and it.state is not None:
        where = (("r.reason = ?", (it.reason,)), ("r.state = ?", (it.state,)))
        count = _counted(connection, "reason", it.reason, it.state)
        yield Way("records r INDEXED BY records_reason", where, frozenset({"reason", "state"}), count, ordered=True)
    elif it.reason is not None:
        count = _counted(connection, "reason", it.reason, None)
        source = "records r INDEXED BY records_reason"
        yield Way(source, (("r.reason = ?", (it.reason,)),), frozenset({"reason"}), count)
    if it.state is not None:
        count = _counted(connection, "all", "", it.state)
        source = "records r INDEXED BY records_state"
        yield Way(source, (("r.state = ?", (it.state,)),), frozenset({"state"}), count, ordered=True)
    if it.digest is not None:
        where = (("r.digest >= ?", (it.digest,)), ("r.digest < ?", (it.digest + "g",)))
        yield _probed(connection, Way("records r INDEXED BY records_digest", where, frozenset({"digest"}), None))
    if it.held:
        source = "records r INDEXED BY records_held"
        yield _probed(connection, Way(source, (("r.hold IS NOT NULL", ()),), frozenset({"held"}), None, ordered=True))
    if it.url is not None:
        yield _by_url(connection, it.url)
    if it.request is not None:
        yield _by_request(connection, it.request)
    if bounds is not None:
        count = max(0, bounds.high - bounds.low + 1)
        yield Way("records r", bounds.where("r.seq"), frozenset(), count, ordered=True)


def _below(connection: sqlite3.Connection, it: Filter, state: Terms, also: frozenset[str]) -> Way:
    """By the hosts below a name; many of them are not counted."""
    values = range_below(it)
    hosts = connection.execute(
        f"SELECT n.host FROM host_names n WHERE {BELOW} LIMIT ?",  # noqa: S608 - our own words
        (*values, NARROW + 1),
    ).fetchall()
    counts = (_counted(connection, "host", row["host"], it.state) for row in hosts)
    count = sum(counts) if len(hosts) <= NARROW else None
    of_state = " AND d.state = ?" if state else ""
    source = (
        "(SELECT DISTINCT d.record FROM host_names n CROSS JOIN record_hosts d ON d.host = n.host"  # noqa: S608
        f" WHERE {BELOW}{of_state}) d CROSS JOIN records r ON r.seq = d.record"
    )
    where = (("1", (*values, *((it.state,) if state else ()))),)
    return Way(source, where, also | {"host"}, count)


def _by_url(connection: sqlite3.Connection, url: str) -> Way:
    values = range_of(url)
    found = connection.execute(f"SELECT count(*) FROM ({URLS} LIMIT ?)", (*values, NARROW + 1)).fetchone()[0]  # noqa: S608
    if found > NARROW:
        raise ConfigError(
            f"more than {NARROW} sightings have a URL that begins so; write more of it, or look for its host"
        )
    source = f"(SELECT DISTINCT record FROM ({URLS})) d CROSS JOIN records r ON r.seq = d.record"  # noqa: S608
    return Way(source, (("1", values),), frozenset({"url"}), found)


def _by_request(connection: sqlite3.Connection, request: str) -> Way:
    """One, or of a stream as many as were withheld of its windows."""
    source = f"(SELECT DISTINCT record FROM ({REQUESTS})) d CROSS JOIN records r ON r.seq = d.record"  # noqa: S608
    return _probed(connection, Way(source, (("1", (request,)),), frozenset({"request"}), None))


def _probed(connection: sqlite3.Connection, way: Way) -> Way:
    where, values = joined(way.where)
    sql = f"SELECT count(*) FROM (SELECT 1 FROM {way.source} WHERE {where} LIMIT ?)"  # noqa: S608 - our own words
    found = connection.execute(sql, (*values, NARROW + 1)).fetchone()[0]
    return replace(way, count=found)


def bounds_of(connection: sqlite3.Connection, it: Filter) -> Bounds | None:
    """What can match lies between them: an hour that is cut has more than that. None where no time is asked for."""
    if it.since is None and it.until is None:
        return None
    since, until = (stamp(at)[:13] if at is not None else other for at, other in ((it.since, ""), (it.until, _END)))
    row = connection.execute(
        "SELECT min(low) AS low, max(high) AS high FROM record_hours WHERE hour >= ? AND hour <= ?", (since, until)
    ).fetchone()
    return Bounds(row["low"], row["high"]) if row["low"] is not None else Bounds(1, 0)


def _counted(connection: sqlite3.Connection, kind: str, key: str, state: str | None) -> int:
    sql = "SELECT coalesce(sum(n), 0) FROM record_counts WHERE kind = ? AND key = ?"
    values = (kind, key) if state is None else (kind, key, state)
    return int(connection.execute(sql + ("" if state is None else " AND state = ?"), values).fetchone()[0])


def range_below(it: Filter) -> tuple[str, str]:
    assert it.below is not None
    return it.below, it.below[:-1] + "/"  # the character behind the dot


def range_of(url: str) -> tuple[str, str]:
    """All that begin so."""
    return url, url + _END


def joined(terms: Terms) -> tuple[str, list[Any]]:
    return " AND ".join(sql for sql, _ in terms) or "1", [value for _, values in terms for value in values]
