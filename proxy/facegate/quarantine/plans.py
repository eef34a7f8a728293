"""How a search goes through the records: along the index that finds least, at most so many rows of it. Pure SQL text.

A narrow way finds few enough to sort them; any other goes along an index in the order that was asked for.
"""

import sqlite3
from dataclasses import dataclass
from typing import Final

from facegate.moments import stamp
from facegate.quarantine.filters import Filter
from facegate.quarantine.ways import BELOW, NARROW, REQUESTS, URLS, Terms, Way, bounds_of, range_below, range_of, ways

_OF_JOB = "EXISTS (SELECT 1 FROM record_jobs x WHERE x.job = ? AND x.record = r.seq)"
_OF_HOST = "EXISTS (SELECT 1 FROM record_hosts x WHERE x.host = ? AND x.record = r.seq)"
_OF_HOSTS = (
    "EXISTS (SELECT 1 FROM record_hosts x INDEXED BY record_hosts_record CROSS JOIN host_names n ON n.host = x.host"  # noqa: S608
    f" WHERE x.record = r.seq AND {BELOW})"
)


@dataclass(frozen=True, slots=True)
class Sort:
    """`column` of records; its index with and without a state."""

    column: str
    descending: bool
    index: str = ""
    index_of_state: str = ""


SORTS: Final = {
    "newest": Sort("seq", True),
    "oldest": Sort("seq", False),
    "last-seen": Sort("last", True, "records_last", "records_state_last"),
    "most-faces": Sort("faces", True, "records_faces", "records_state_faces"),
    "most-sightings": Sort("sightings", True, "records_sightings", "records_state_sightings"),
    "expiring": Sort("expires", False, "records_expiring", "records_state_expiring"),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """`narrow`: all that it finds is few enough to be sorted."""

    source: str
    bare: str
    where: Terms
    residual: Terms
    columns: tuple[str, str]  # the key of the order, and seq
    descending: bool
    narrow: bool = False
    empty: bool = False


def plan(connection: sqlite3.Connection, looked_for: Filter, sort: Sort) -> Plan:
    bounds = bounds_of(connection, looked_for)
    known = [way for way in ways(connection, looked_for, bounds) if way.count is not None]
    best = min(known, key=lambda way: way.count or 0, default=None)
    live: Terms = (("r.gone IS NULL", ()),) if sort.column == "expires" else ()
    if best is not None and (best.count or 0) <= NARROW:
        residual = (*_residual(looked_for, best.terms), *live)
        columns = (f"+r.{sort.column}", "+r.seq")  # sorted, and no other index taken
        return Plan(best.source, "", best.where, residual, columns, sort.descending, narrow=True, empty=not best.count)
    if sort.column != "seq":
        of_state: Terms = (("r.state = ?", (looked_for.state,)),) if looked_for.state is not None else ()
        source = f"records r INDEXED BY {sort.index_of_state if of_state else sort.index}"
        residual = _residual(looked_for, frozenset({"state"}))
        return Plan(source, source, (*of_state, *live), residual, (f"r.{sort.column}", "r.seq"), sort.descending)
    way = min((it for it in known if it.ordered), key=lambda it: it.count or 0, default=_ALL)
    where = (*way.where, *(bounds.where(way.key) if bounds is not None else ()))
    residual = _residual(looked_for, way.terms)
    return Plan(way.source, way.bare or way.source, where, residual, (way.key, way.key), sort.descending)


_ALL = Way("records r", (), frozenset(), None, ordered=True)


def _residual(it: Filter, done: frozenset[str]) -> Terms:
    """What is left to be looked at in each row. The plus keeps an index of it from being taken for a way."""
    terms: Terms = ()
    if it.job is not None and "job" not in done:
        terms += ((_OF_JOB, (it.job,)),)
    if it.host is not None and "host" not in done:
        terms += ((_OF_HOSTS, range_below(it)) if it.below is not None else (_OF_HOST, (it.host,)),)
    if it.reason is not None and "reason" not in done:
        terms += (("+r.reason = ?", (it.reason,)),)
    if it.state is not None and "state" not in done:
        terms += (("+r.state = ?", (it.state,)),)
    if it.digest is not None and "digest" not in done:
        terms += (("+r.digest >= ? AND +r.digest < ?", (it.digest, f"{it.digest}g")),)
    if it.since is not None:
        terms += (("+r.at >= ?", (stamp(it.since),)),)
    if it.until is not None:
        terms += (("+r.at < ?", (stamp(it.until),)),)
    if it.min_faces is not None:
        terms += (("+r.faces >= ?", (it.min_faces,)),)
    if it.held is not None and "held" not in done:
        terms += ((f"(r.hold IS NOT NULL) = {int(it.held)}", ()),)
    if it.url is not None and "url" not in done:
        terms += ((f"r.seq IN ({URLS})", range_of(it.url)),)
    if it.request is not None and "request" not in done:
        terms += ((f"r.seq IN ({REQUESTS})", (it.request,)),)
    return terms
