"""What the vault holds, counted; and whether what it holds still opens."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from facegate.errors import FacegateError
from facegate.moments import stamp
from facegate.quarantine.keys import CURRENT
from facegate.quarantine.vault import SealedVault
from facegate.quarantine.wrapping import ID_LENGTH
from facegate.state.database import Database

BATCH = 500  # records in one query

Tell = Callable[[int, int], None]  # records done, and to do

# `gone` is when the time of a record ended: until then one without a key had no bytes kept
_COUNTS = """
    SELECT count(*) AS records, count(wrapped_key) AS with_bytes, count(gone) AS gone, count(hold) AS held,
        count(*) - count(wrapped_key) - count(gone) AS without_bytes,
        coalesce(sum(size) FILTER (WHERE wrapped_key IS NOT NULL), 0) AS bytes,
        count(*) FILTER (WHERE gone IS NULL AND hold IS NULL AND expires <= ?) AS due,
        min(expires) FILTER (WHERE gone IS NULL AND hold IS NULL) AS next
    FROM records
"""
_KEYS = "SELECT key_id, count(*) AS records FROM records WHERE wrapped_key IS NOT NULL GROUP BY key_id"


def inventory(database: Database, vault: SealedVault, now: datetime) -> dict[str, Any]:
    """`keys`: how many records are wrapped under which; `orphans`: files that no record has the key of; `unfinished`:
    destroyed keys whose files are still there."""
    facts = dict(database.read(_COUNTS, (stamp(now),))[0])
    current = database.read(CURRENT)[0]["value"][:ID_LENGTH]
    keys = {row["key_id"]: row["records"] for row in database.read(_KEYS)}
    files, on_disk = vault.on_disk()
    return {
        **facts,
        "keys": {current: keys.pop(current, 0), **keys},
        "key": current,
        "known_keys": vault.known_keys,
        "files": files,
        "bytes_on_disk": on_disk,
        "orphans": sum(1 for _ in vault.orphans()),
        "unfinished": database.read("SELECT count(*) AS n FROM destroyed")[0]["n"],
    }


@dataclass(slots=True)
class Verified:
    """`damaged`: ids of records and what is wrong with them, the first MOST of `bad`."""

    records: int = 0
    bad: int = 0
    damaged: dict[str, str] = field(default_factory=dict)


MOST = 10_000  # told of by name


def verify(
    database: Database, vault: SealedVault, *, with_bytes: bool, tell: Tell = lambda done, due: None
) -> Verified:
    """Opens every key; `with_bytes`, every file as well, which authenticates each of its bytes. Nothing is changed."""
    found, after = Verified(), 0
    due = int(database.read("SELECT count(*) FROM records WHERE wrapped_key IS NOT NULL")[0][0])
    sql = "SELECT seq, id FROM records WHERE seq > ? AND wrapped_key IS NOT NULL ORDER BY seq LIMIT ?"
    while rows := database.read(sql, (after, BATCH)):
        after = rows[-1]["seq"]
        for row in rows:
            try:
                vault.check(row["id"], with_bytes=with_bytes)
            except FacegateError as error:
                still = database.read("SELECT 1 FROM records WHERE id = ? AND wrapped_key IS NOT NULL", (row["id"],))
                if not still:  # purged meanwhile
                    continue
                found.bad += 1
                if len(found.damaged) < MOST:
                    found.damaged[row["id"]] = str(error).removeprefix(f"record {row['id']}: ")
            found.records += 1
        tell(found.records, due)
    return found
