"""One record with all that is known of it, and the lists beside the records: sightings, releases, corrections."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from facegate.errors import ConfigError
from facegate.quarantine import entries
from facegate.quarantine.entries import Correction, Entry, Release
from facegate.quarantine.work import revision_of, unknown
from facegate.state.database import Database

RELEASE_STATES = ("waiting", "granted", "delivered", "withdrawn")
HISTORY = 1_000  # events of a record that are shown, the newest
RELEASES = 100  # of a record


@dataclass(frozen=True, slots=True)
class Shown:
    """`history` is oldest first; `correction` the one that lets this body pass now; `revision` the last event."""

    entry: Entry
    findings: tuple[dict[str, Any], ...]
    versions: dict[str, str]
    history: tuple[dict[str, Any], ...]
    releases: tuple[Release, ...]
    correction: Correction | None
    revision: int

    def as_json(self) -> dict[str, Any]:
        return self.entry.as_json() | {
            "faces": list(self.findings),
            "versions": self.versions,
            "history": list(self.history),
            "releases": [it.as_json() for it in self.releases],
            "correction": self.correction.as_json() if self.correction is not None else None,
            "revision": self.revision,
        }


@dataclass(frozen=True, slots=True)
class Listed[T]:
    """`next` leads on, None at the end."""

    rows: list[T]
    next: int | None


@dataclass(frozen=True, slots=True)
class Sighting:
    """`request`: the id of the request that brought it, "" where it is not known."""

    seq: int
    job: str
    url: str
    host: str
    reason: str
    at: str
    request: str

    def as_json(self) -> dict[str, Any]:
        return {it.name: getattr(self, it.name) for it in fields(self) if it.name != "seq"}


def show(database: Database, record_id: str) -> Shown:
    """Raises NotFound."""

    def read(connection: sqlite3.Connection) -> Shown:
        row = connection.execute(
            f"SELECT {entries.COLUMNS}, r.findings, r.versions FROM records r WHERE r.id = ?",  # noqa: S608 - our own words
            (record_id,),
        ).fetchone()
        if row is None:
            raise unknown(record_id)
        history = connection.execute(
            "SELECT seq, at, event, user, note, job FROM history WHERE record = ? ORDER BY seq DESC LIMIT ?",
            (record_id, HISTORY),
        ).fetchall()
        releases = connection.execute(
            "SELECT * FROM releases WHERE record = ? ORDER BY asked DESC, id LIMIT ?", (record_id, RELEASES)
        ).fetchall()
        correction = connection.execute(
            "SELECT * FROM corrections WHERE digest = ? AND codings = ? AND revoked IS NULL",
            (row["digest"], row["codings"]),
        ).fetchone()
        return Shown(
            entries.entry(row),
            tuple({"box": box, "score": score, "where": where} for *box, score, where in json.loads(row["findings"])),
            json.loads(row["versions"]),
            tuple({name: event[name] for name in event.keys() if name != "seq"} for event in reversed(history)),  # noqa: SIM118
            tuple(entries.release(it) for it in releases),
            entries.correction(correction) if correction is not None else None,
            revision_of(connection, record_id),
        )

    return database.look(read)


def sightings(database: Database, record_id: str, *, size: int = 50, before: int | None = None) -> Listed[Sighting]:
    """The newest first. Raises NotFound."""
    found = database.read("SELECT seq FROM records WHERE id = ?", (record_id,))
    if not found:
        raise unknown(record_id)
    where, values = ["record = ?"], [found[0]["seq"]]
    return _listed(
        database,
        "sightings",
        where,
        values,
        size,
        before,
        lambda row: Sighting(**{n: row[n] for n in Sighting.__slots__}),
    )


def jobs_of(database: Database, record_id: str, most: int = 100) -> list[str]:
    """The jobs that it was withheld from, by id."""
    sql = (
        "SELECT j.job FROM records r CROSS JOIN record_jobs j INDEXED BY record_jobs_record ON j.record = r.seq"
        " WHERE r.id = ? ORDER BY j.job LIMIT ?"
    )
    return [str(row["job"]) for row in database.read(sql, (record_id, most))]


def releases(
    database: Database, *, state: str | None = None, job: str | None = None, size: int = 50, after: str = ""
) -> tuple[list[Release], str | None]:
    """The first ones asked for first. `after` is what came back beside the page before; None at the end."""
    if state is not None and state not in RELEASE_STATES:
        raise ConfigError(f"state has to be one of {', '.join(RELEASE_STATES)}")
    asked, _, release = after.partition(" ")
    where, values = ["(asked, id) > (?, ?)"], [asked, release]
    for name, value in (("state", state), ("job", job)):
        if value is not None:
            where.append(f"{name} = ?")
            values.append(value)
    rows = database.read(
        f"SELECT * FROM releases WHERE {' AND '.join(where)} ORDER BY asked, id LIMIT ?",  # noqa: S608 - our own words
        (*values, size + 1),
    )
    found = [entries.release(row) for row in rows[:size]]
    return found, f"{found[-1].asked} {found[-1].id}" if len(rows) > size else None


def corrections(
    database: Database, *, in_force: bool | None = None, size: int = 50, before: int | None = None
) -> Listed[Correction]:
    """The newest first."""
    where = [] if in_force is None else [f"revoked IS {'' if in_force else 'NOT '}NULL"]
    return _listed(database, "corrections", where, [], size, before, entries.correction)


def _listed[T](
    database: Database,
    table: str,
    where: list[str],
    values: list[Any],
    size: int,
    before: int | None,
    made: Callable[[sqlite3.Row], T],
) -> Listed[T]:
    if before is not None:
        where, values = [*where, "seq < ?"], [*values, before]
    rows = database.read(
        f"SELECT * FROM {table} WHERE {' AND '.join(where) or '1'} ORDER BY seq DESC LIMIT ?",  # noqa: S608 - our own words
        (*values, size + 1),
    )
    return Listed([made(row) for row in rows[:size]], rows[size - 1]["seq"] if len(rows) > size else None)
