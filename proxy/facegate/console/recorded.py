"""What the page of a record shows of it, read at once."""

from dataclasses import dataclass
from typing import Any

from facegate_addons.domain.model import QuarantineRecord, utc_now

from facegate.quarantine import entries
from facegate.quarantine.entries import COLUMNS, Correction, Entry, Release
from facegate.quarantine.rows import record_from_row
from facegate.quarantine.work import is_over, unknown
from facegate.state.database import Database

SIGHTINGS = 50  # on a page
EVENTS = 500  # of the history, the newest
HOLDING = ("held", "unheld")
JOBS = 100  # that a release is offered to


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the page shows of a record."""

    entry: Entry
    record: QuarantineRecord
    looks: bool  # may its bytes be looked at?
    history: list[dict[str, Any]]
    sightings: list[dict[str, Any]]
    older: int | None
    jobs: list[str]
    releases: list[Release]
    corrections: list[Correction]

    @property
    def holds(self) -> list[dict[str, Any]]:
        """Of the history, when it was held and when no longer: the newest first."""
        return [event for event in self.history if event["event"] in HOLDING]


def facts_of(database: Database, record_id: str, before: int | None = None) -> Facts:
    """Raises NotFound."""
    rows = database.read(f"SELECT {COLUMNS} FROM records r WHERE r.id = ?", (record_id,))  # noqa: S608 - constants
    whole = database.read("SELECT * FROM records WHERE id = ?", (record_id,))
    if not rows or not whole:
        raise unknown(record_id)
    entry = entries.entry(rows[0])
    sightings = database.read(
        "SELECT seq, job, host, url, reason, at, request FROM sightings WHERE record = ? AND seq < ?"
        " ORDER BY seq DESC LIMIT ?",
        (entry.seq, before or 1 << 62, SIGHTINGS + 1),
    )
    history = database.read(
        "SELECT at, event, user, note, job FROM history WHERE record = ? ORDER BY seq DESC LIMIT ?", (record_id, EVENTS)
    )
    jobs = database.read("SELECT DISTINCT job FROM sightings WHERE record = ? LIMIT ?", (entry.seq, JOBS))
    releases = database.read("SELECT * FROM releases WHERE record = ? ORDER BY asked DESC", (record_id,))
    corrections = database.read("SELECT * FROM corrections WHERE record = ? ORDER BY seq DESC", (record_id,))
    return Facts(
        entry=entry,
        record=record_from_row(whole[0]),
        looks=entry.has_bytes and not is_over(whole[0], utc_now()),
        history=[dict(row) for row in history],
        sightings=[dict(row) for row in sightings[:SIGHTINGS]],
        older=sightings[SIGHTINGS - 1]["seq"] if len(sightings) > SIGHTINGS else None,
        jobs=[row["job"] for row in jobs],
        releases=[entries.release(row) for row in releases],
        corrections=[entries.correction(row) for row in corrections],
    )
