"""The erasure of a record (Article 17 GDPR): bytes, addresses and digest go; that it was there and is erased stays."""

import re
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from facegate_addons.domain.model import utc_now

from facegate.errors import ConfigError
from facegate.ledger.chained import ChainedLedger
from facegate.moments import stamp
from facegate.quarantine.acts import Person, because, by, found
from facegate.quarantine.destruction import Swept, destroy_key
from facegate.quarantine.traces import is_trace, trace
from facegate.quarantine.vault import SealedVault
from facegate.state.database import Database

_DIGITS = re.compile(r"[0-9a-f]{8,}")  # of a digest, as many as are taken for one
_TELLS = "--reason stands in the ledger, which keeps it; write it without the address, digest or request"
_TELLING = (
    "SELECT url, host, digest FROM records WHERE id = ? UNION ALL"
    " SELECT s.url, s.host, s.request FROM sightings s JOIN records ON record = records.seq WHERE id = ?"
)
REMOVED = "(erased)"  # in place of a text that said whom it was about
_TEXTS = {"history": ("note",), "releases": ("why", "how"), "corrections": ("why", "revoked_why")}  # people's own


@dataclass(slots=True)
class Erased:
    """`held`: ids that were not, and what they are held for."""

    ids: list[str] = field(default_factory=list)
    held: dict[str, str] = field(default_factory=dict)
    before: list[str] = field(default_factory=list)  # were erased already
    swept: Swept = field(default_factory=lambda: Swept(0))


def erase(
    database: Database,
    ledger: ChainedLedger,
    vault: SealedVault,
    records: Sequence[str],
    secret: bytes,
    *,
    user: Person,
    reason: str,
) -> Erased:
    """One record after the other, each whole or not at all. What is held is refused (Article 17(3)). Raises
    ConfigError where who asks may not, or the reason says what it is to erase."""
    why = discreet(database, records, reason)
    done = Erased()
    for record_id in records:

        def change(connection: sqlite3.Connection, record_id: str = record_id) -> None:
            who = by(connection, user)
            row = found(connection, record_id)
            if row["hold"] is not None:
                done.held[record_id] = row["hold"]
            elif is_trace(row["digest"]):
                done.before.append(record_id)
            else:
                _erase(connection, ledger, row, trace(secret, row["digest"]), who, why)
                done.ids.append(record_id)

        database.write_now(change)
    done.swept = vault.sweep()
    return done


def discreet(database: Database, records: Sequence[str], reason: str) -> str:
    """The reason, which says nothing of what any of the records has. Asked before the first is erased, so that not half
    of them are. Raises ConfigError."""
    why = because(reason)
    if "://" in why or any(_said(why, database.read(_TELLING, (record_id, record_id))) for record_id in records):
        raise ConfigError(_TELLS)
    return why


def _said(why: str, rows: Sequence[sqlite3.Row]) -> bool:
    return any(text and text.lower() in why.lower() for row in rows for text in row)


def _erase(
    connection: sqlite3.Connection, ledger: ChainedLedger, row: sqlite3.Row, left: str, who: str, why: str
) -> None:
    seq, id_, at = row["seq"], row["id"], stamp(utc_now())
    seen = connection.execute("SELECT DISTINCT url, host, request FROM sightings WHERE record = ?", (seq,)).fetchall()
    told = {row["digest"], row["url"], row["host"], *(text for each in seen for text in each)}
    telling = {text.lower() for text in told if text}
    if any(text in why.lower() for text in telling):  # a sighting that came since
        raise ConfigError(_TELLS)
    ledger.append_now({"event": "record-erased", "record": id_, "user": who, "note": why, "trace": left})
    destroy_key(connection, row, at, "erased", who, why)
    _end_corrections(connection, row, left, who, at)
    connection.execute(
        "UPDATE records SET digest = ?, url = '', host = '', findings = '[]', detail = '' WHERE seq = ?", (left, seq)
    )
    connection.execute("UPDATE sightings SET url = '', host = '', request = '' WHERE record = ?", (seq,))
    # a sample of the same body, from when it passed: its key is destroyed, its file noise that the next purge removes
    connection.execute(
        "UPDATE samples SET digest = ?, wrapped_key = NULL,"
        " state = CASE state WHEN 'open' THEN 'expired' ELSE state END WHERE digest = ?",
        (left, row["digest"]),
    )
    connection.executemany(
        "DELETE FROM record_hosts WHERE host = ? AND record = ?", [(each["host"], seq) for each in seen]
    )
    for table, columns in _TEXTS.items():
        _scrub(connection, table, columns, id_, telling, row["digest"])


def _end_corrections(connection: sqlite3.Connection, row: sqlite3.Row, left: str, who: str, at: str) -> None:
    """What passed because of the record passes no more."""
    changed = connection.execute(
        "UPDATE corrections SET digest = ?, revoked = coalesce(revoked, ?), revoked_by = coalesce(revoked_by, ?),"
        " revoked_why = coalesce(revoked_why, 'the record is erased')"
        " WHERE record = ? OR (digest = ? AND codings = ? AND revoked IS NULL)",
        (left, at, who, row["id"], row["digest"], row["codings"]),
    ).rowcount
    if changed:
        # gateways follow by the digest, which is no longer there: a log with a gap makes them read all of it anew
        last = connection.execute("INSERT INTO correction_changes (correction) VALUES (0)").lastrowid
        connection.execute("DELETE FROM correction_changes WHERE seq < ?", (last,))


def _begins(text: str, digest: str) -> bool:
    """Does it name the digest by its first digits, as lists show it?"""
    return any(digest.startswith(word) for word in _DIGITS.findall(text))


def _scrub(
    connection: sqlite3.Connection,
    table: str,
    columns: Sequence[str],
    record_id: str,
    telling: Collection[str],
    digest: str,
) -> None:
    """Take out the texts that say whom or where it is about."""
    for column in columns:
        key = "seq" if table != "releases" else "id"
        sql = f"SELECT {key}, {column} FROM {table} WHERE record = ? AND {column} IS NOT NULL"  # noqa: S608 - constants
        for each in connection.execute(sql, (record_id,)).fetchall():
            text = each[1].lower()
            if "://" in text or any(word in text for word in telling) or _begins(text, digest):
                connection.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (REMOVED, each[0]))  # noqa: S608
