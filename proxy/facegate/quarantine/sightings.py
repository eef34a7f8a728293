"""One record for a body, however often it is withheld: found again by digest and codings, with every sighting."""

import sqlite3
from collections.abc import Mapping

from facegate_addons.domain.model import QuarantineRecord

from facegate.jobs.document import compact
from facegate.moments import stamp
from facegate.quarantine.rows import record_values, storable
from facegate.state.urls import host_of, without_userinfo

LIVE = "SELECT r.seq, r.id FROM bodies b JOIN records r ON r.seq = b.record WHERE b.digest = ? AND b.codings = ?"


def body_key(record: QuarantineRecord) -> tuple[str, str]:
    """What makes two bodies the same one. The codings count: under others the same bytes show something else."""
    return record.digest, str(storable(compact(list(record.codings))))


def see_again(connection: sqlite3.Connection, record: QuarantineRecord) -> str | None:
    """Add the sighting to the record that this body has already; its id. None where it has none.

    It is kept as long as the strictest who saw it may: to be seen again never makes its time longer.
    """
    row = connection.execute(LIVE, body_key(record)).fetchone()
    if row is None:
        return None
    _sighted(connection, row["seq"], record)
    connection.execute(
        "UPDATE records SET sightings = sightings + 1, last = max(last, ?), expires = min(expires, ?) WHERE seq = ?",
        (stamp(record.at), stamp(record.expires), row["seq"]),
    )
    return str(row["id"])


def insert(connection: sqlite3.Connection, record: QuarantineRecord, more: Mapping[str, object]) -> None:
    """A record of its own, with its first sighting. `more`: columns beside those of `record_values`, or in place."""
    url = without_userinfo(record.url)
    values = {**record_values(record, url, host_of(record.url)), "last": stamp(record.at), "sightings": 1, **more}
    names, places = ", ".join(values), ", ".join("?" * len(values))
    seq = connection.execute(f"INSERT INTO records ({names}) VALUES ({places})", list(values.values())).lastrowid  # noqa: S608
    assert seq is not None
    connection.execute("INSERT INTO bodies VALUES (?, ?, ?)", (*body_key(record), seq))
    _sighted(connection, seq, record)
    connection.execute(
        "INSERT INTO history (record, at, event, user, note, job) VALUES (?, ?, 'withheld', '', ?, ?)",
        (record.id, stamp(record.at), str(record.reason), storable(record.job)),
    )


def _sighted(connection: sqlite3.Connection, seq: int, record: QuarantineRecord) -> None:
    seen = (record.job, without_userinfo(record.url), host_of(record.url), str(record.reason), stamp(record.at))
    host = str(storable(seen[2]))
    connection.execute("INSERT OR IGNORE INTO host_names VALUES (?, ?)", (host, turned(host)))
    connection.execute(
        "INSERT INTO sightings (record, job, url, host, reason, at, inside, request) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (seq, *(storable(value) for value in seen), int(record.inside), record.request),
    )


def turned(host: str) -> str:
    """`a.b.example` as `example.b.a.`: all below a name sort beside each other."""
    return "".join(f"{label}." for label in reversed(host.split(".")))
