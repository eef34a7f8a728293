"""What was released to a job is handed over once: through the proxy, or by an export."""

import asyncio
import sqlite3
from datetime import datetime

from facegate_addons.domain.model import Delivery, utc_now

from facegate.ledger.chained import ChainedLedger
from facegate.moments import stamp
from facegate.quarantine.rows import record_from_row, storable
from facegate.quarantine.vault import SealedVault
from facegate.state.database import Database

# the operator's releases are stopped, by what their jobs add up to
_HELD = (
    "EXISTS (SELECT 1 FROM jobs j JOIN operators o ON o.key = j.operator_key WHERE j.id = l.job AND o.held IS NOT NULL)"
)
_GRANTED = (
    "SELECT l.id AS release, l.seconded_by, r.* FROM releases l JOIN records r ON r.id = l.record"  # noqa: S608
    " WHERE l.record = ? AND l.job = ? AND l.state = 'granted' AND r.wrapped_key IS NOT NULL"
    f" AND (r.expires > ? OR r.hold IS NOT NULL) AND NOT {_HELD}"
)
_TAKEN = (
    "UPDATE releases AS l SET state = 'delivered', ended = ?, how = ?"  # noqa: S608 - constants
    f" WHERE id = ? AND state = 'granted' AND NOT {_HELD} RETURNING record, job, why"
)
_SEEN = "SELECT 1 FROM sightings WHERE record = ? AND job = ? AND url = ? LIMIT 1"


class ReleaseDesk:
    """ports.Releases. The ledger's line is handed in with each delivery; the gate lets nothing out while the ledger
    cannot be written."""

    def __init__(self, database: Database, vault: SealedVault, ledger: ChainedLedger) -> None:
        self._database = database
        self._vault = vault
        self._ledger = ledger

    async def waiting(self, record: str, job: str, url: str) -> Delivery | None:
        """Raises StateError, and ConfigError for bytes that are gone."""
        return await asyncio.to_thread(self._waiting, record, job, url)

    async def take(self, delivery: Delivery) -> bool:
        return await self._database.write(
            lambda connection: take(connection, self._ledger, delivery.release, "proxy", "", utc_now())
        )

    def _waiting(self, record: str, job: str, url: str) -> Delivery | None:
        asked, place = (str(storable(text)) for text in (record, url))
        rows = self._database.read(_GRANTED, (asked, job, stamp(utc_now())))
        if not rows or not self._database.read(_SEEN, (rows[0]["seq"], job, place)):
            return None
        found = record_from_row(rows[0])
        body = self._vault.open(found.id)
        kind, codings, seconded = found.content_type, found.codings, rows[0]["seconded_by"] is not None
        return Delivery(rows[0]["release"], found.id, body, found.digest, kind, codings, found.findings, seconded)


def take(connection: sqlite3.Connection, ledger: ChainedLedger, release: str, how: str, by: str, now: datetime) -> bool:
    """Mark a granted release as delivered, in the writer's transaction. False when it was before, or was never granted.

    `how` is 'proxy' or 'export', `by` who exported it. Of the ledger only the order is sure here: an export flushes it.
    """
    row = connection.execute(_TAKEN, (stamp(now), how, release)).fetchone()
    if row is None:
        return False
    facts = {"release": release, "record": row["record"], "job": row["job"], "how": how, "user": by}
    ledger.append({"event": "record-delivered", **facts})
    connection.execute(
        "INSERT INTO history (record, at, event, user, note, job) VALUES (?, ?, 'delivered', ?, ?, ?)",
        (row["record"], stamp(now), by, how, row["job"]),
    )
    return True
