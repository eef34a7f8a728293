"""A legal hold: what a claim or an authority needs does not expire, and nobody erases it, until it is lifted."""

import sqlite3

from facegate_addons.domain.model import utc_now

from facegate.errors import Conflict
from facegate.ledger.chained import ChainedLedger
from facegate.moments import stamp
from facegate.quarantine.acts import Person, act, because, by, found
from facegate.state.database import Database


def hold(database: Database, ledger: ChainedLedger, record_id: str, *, user: Person, reason: str) -> None:
    """Raises Conflict where its time is over already, or it is held."""
    why = because(reason)

    def change(connection: sqlite3.Connection) -> None:
        who = by(connection, user)
        row = found(connection, record_id)
        if row["gone"] is not None:
            raise Conflict(f"record {record_id}: its time is over, its bytes are destroyed; there is nothing to hold")
        if row["hold"] is not None:
            raise Conflict(f"record {record_id} is held already: {row['hold']}")
        act(connection, ledger, row, "held", who, why)
        connection.execute("UPDATE records SET hold = ? WHERE seq = ?", (why, row["seq"]))

    database.write_now(change)


def unhold(database: Database, ledger: ChainedLedger, record_id: str, *, user: Person, reason: str) -> bool:
    """True when its time is over, so that the next purge takes it. Raises Conflict where it is not held."""
    why = because(reason)

    def change(connection: sqlite3.Connection) -> bool:
        who = by(connection, user)
        row = found(connection, record_id)
        if row["hold"] is None:
            raise Conflict(f"record {record_id} is not held")
        act(connection, ledger, row, "unheld", who, why)
        connection.execute("UPDATE records SET hold = NULL WHERE seq = ?", (row["seq"],))
        return bool(row["expires"] <= stamp(utc_now()))

    return database.write_now(change)
