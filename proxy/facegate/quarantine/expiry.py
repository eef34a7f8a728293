"""A purge: what its time is over for is destroyed, and the ledger told of each record before it."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from facegate.errors import StateError
from facegate.ledger.chained import ChainedLedger
from facegate.quarantine.destruction import Due, Swept, destroy_due
from facegate.quarantine.vault import SealedVault
from facegate.state.database import Database

LEDGER_SECONDS = 10.0  # a disk that takes longer for the lines of one batch is as good as dead

Tell = Callable[[int], None]  # records done


@dataclass(frozen=True, slots=True)
class Purged:
    ids: list[str]
    bytes: int
    swept: Swept


def preview(database: Database, due: Due) -> dict[str, Any]:
    """What a purge would destroy, by the job that brought it first, and how many are held instead."""
    where, values = due.where()
    rows = database.read(
        "SELECT job, count(*) AS records, coalesce(sum(size), 0) AS bytes, min(at) AS oldest"  # noqa: S608 - constants
        f" FROM records r WHERE {where} GROUP BY job ORDER BY count(*) DESC, job",
        values,
    )
    held = database.read(
        f"SELECT count(*) AS n FROM records r WHERE {where.replace('hold IS NULL', 'hold IS NOT NULL')}",  # noqa: S608
        values,
    )
    return {
        "records": sum(row["records"] for row in rows),
        "bytes": sum(row["bytes"] for row in rows),
        "oldest": min((row["oldest"] for row in rows), default=None),
        "jobs": {row["job"]: row["records"] for row in rows},
        "held": held[0]["n"],
    }


def purge(
    database: Database,
    ledger: ChainedLedger,
    vault: SealedVault,
    due: Due,
    *,
    user: str = "",
    reason: str = "",
    tell: Tell = lambda done: None,
) -> Purged:
    """Raises StateError when something cannot be written; what was destroyed until then is, and was told of. A file
    that cannot be removed is noise by then: it is in `swept`, and tried again by the next purge."""
    about = ({"user": user} if user else {}) | ({"note": reason} if reason else {})

    def line(rows: Sequence[sqlite3.Row]) -> None:
        for row in rows:
            ledger.append({"event": "record-purged", "record": row["id"], **about})
        if rows and not ledger.flush(LEDGER_SECONDS):
            raise StateError("the ledger cannot be written; nothing more is purged. Check the disk's space")

    ids, size = list[str](), 0
    for rows in destroy_due(database, due, user=user, note=reason, before=line):
        ids += [row["id"] for row in rows]
        size += sum(row["size"] for row in rows)
        tell(len(ids))
    swept = vault.sweep()
    facts: dict[str, object] = {"event": "purge", "records": len(ids), "bytes": size, **about}
    if due.job is not None:
        facts["job"] = due.job
    if swept.failed:
        facts["unremoved"] = len(swept.failed)
    ledger.append_now(facts)
    return Purged(ids, size, swept)


def complaint(swept: Swept) -> str:
    """One line about what is left to do; "" for nothing."""
    if swept.failed:
        id_, why = next(iter(swept.failed.items()))
        return (
            f"{len(swept.failed):,} files cannot be removed ({why}: {id_}.sealed); their keys are destroyed, "
            "and the next purge tries again"
        )
    if swept.logged:
        return "the write-ahead log is in use, and still has destroyed keys in it; the next purge empties it"
    return ""
