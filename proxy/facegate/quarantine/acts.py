"""Who may act on records, and the two places in which every act is written."""

import sqlite3

from facegate_addons.domain.model import utc_now

from facegate.errors import ConfigError, NotFound
from facegate.ledger.chained import ChainedLedger
from facegate.moments import stamp
from facegate.state.users import SystemUser, reviewer

Person = str | SystemUser


def by(connection: sqlite3.Connection, user: Person) -> str:
    """Who is named has to be a reviewer or an admin. Who is not is whoever may write the home, and could give itself
    the role. Raises ConfigError."""
    return str(user) if isinstance(user, SystemUser) else reviewer(connection, user)


def because(reason: str) -> str:
    if len(reason.strip()) < 3:
        raise ConfigError("--reason has to say why: it stands in the ledger")
    return reason.strip()


def found(connection: sqlite3.Connection, record_id: str) -> sqlite3.Row:
    row: sqlite3.Row | None = connection.execute("SELECT * FROM records WHERE id = ?", (record_id,)).fetchone()
    if row is None:
        raise NotFound(f"no record {record_id!r}; `facegate quarantine list` shows what is there")
    return row


def act(
    connection: sqlite3.Connection, ledger: ChainedLedger, row: sqlite3.Row, event: str, user: str, note: str
) -> None:
    """Into the ledger first: a line without its change is harmless, the reverse is not."""
    ledger.append_now(
        {"event": f"record-{event}", "record": row["id"], "job": row["job"], "digest": row["digest"]}
        | {"user": user, "note": note}
    )
    connection.execute(
        "INSERT INTO history (record, at, event, user, note, job) VALUES (?, ?, ?, ?, ?, '')",
        (row["id"], stamp(utc_now()), event, user, note),
    )
