"""The copy that a person may ask for (Article 15 GDPR): what is kept, where it was seen, what for and until when.

Not in it is who reviewed: the people who decide are not whom the copy is about (Article 15(4)).
"""

import json
import sqlite3
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from facegate_addons.domain.model import utc_now

from facegate.errors import FacegateError
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.moments import stamp
from facegate.quarantine.acts import Person, act, because, by, found
from facegate.quarantine.desk import not_their_own
from facegate.quarantine.vault import SealedVault
from facegate.quarantine.work import Work
from facegate.state.database import Database

README = """\
This is a copy of what a facegate gateway keeps in its quarantine about the addresses or pictures that were asked about.

The gateway stands between web crawlers and the internet. It withheld what is listed here, because it shows a human
face or could not be looked at, and keeps it for review, encrypted, until the time that is said in each record. No
template of a face is computed or kept, and nothing here is found by a face.

records.json   for each record: when and where it was seen, by which crawl and for what purpose; why it was withheld;
               where in it a face was seen; what was decided and when; until when it is kept
bodies/        the bytes as they came, where they are in this copy; `content_type` and `codings` of the record say what
               they are. Other persons may be seen in them, too.
"""


@dataclass(frozen=True, slots=True)
class Disclosed:
    records: int
    bodies: int
    missing: dict[str, str]  # ids of records without bytes in the copy, and why; only where bytes were asked for


def disclose(
    database: Database,
    ledger: ChainedLedger,
    vault: SealedVault,
    records: Sequence[str],
    out: BinaryIO,
    *,
    user: Person,
    reason: str,
    pixels: bool,
) -> Disclosed:
    """Writes a zip to `out`. Who took it and why is in each record's history and in the ledger before a byte is. Raises
    NotAllowed where `pixels` are asked for by who runs a job that one of them was withheld from."""
    why = because(reason)
    event = "exported" if pixels else "disclosed"

    def change(connection: sqlite3.Connection) -> None:
        who = by(connection, user)
        rows = [found(connection, record_id) for record_id in records]
        work = Work(connection, ledger, Actor(who), utc_now())
        for row in rows if pixels else ():  # all of them before the first is told of
            not_their_own(work, row)
        for row in rows:
            act(connection, ledger, row, event, who, why)

    database.write_now(change)
    bodies, missing = 0, dict[str, str]()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", README)
        told = [_told(database, record_id) for record_id in records]
        for each in told if pixels else ():
            try:
                body = vault.open(each["id"])
            except FacegateError as error:
                missing[each["id"]] = str(error).removeprefix(f"record {each['id']}: ")
                continue
            each["file"] = f"bodies/{each['id']}"
            archive.writestr(each["file"], body)
            bodies += 1
        facts = {"made": stamp(utc_now()), "records": told}
        archive.writestr("records.json", json.dumps(facts, indent=2, ensure_ascii=True))
    return Disclosed(len(told), bodies, missing)


def _told(database: Database, record_id: str) -> dict[str, Any]:
    (row,) = database.read("SELECT * FROM records WHERE id = ?", (record_id,))
    sightings = database.read(
        "SELECT job, url, reason, at, request FROM sightings WHERE record = ? ORDER BY seq", (row["seq"],)
    )
    history = database.read("SELECT at, event FROM history WHERE record = ? ORDER BY seq", (record_id,))
    return {
        "id": record_id,
        "digest": row["digest"],
        "size": row["size"],
        "content_type": row["content_type"],
        "codings": json.loads(row["codings"]),
        "withheld_because": row["reason"],
        "faces": [{"box": [a, b, c, d], "score": score} for a, b, c, d, score, _ in json.loads(row["findings"])],
        "seen_by": json.loads(row["versions"]),
        "state": row["state"],
        "first_seen": row["at"],
        "last_seen": row["last"],
        "sightings": [dict(each) for each in sightings],
        "crawls": [_crawl(database, job) for job in sorted({each["job"] for each in sightings})],
        "history": [dict(each) for each in history],
        "kept_until": row["expires"],
        "held": row["hold"] is not None,
        "bytes": "kept" if row["wrapped_key"] is not None else "destroyed" if row["gone"] is not None else "never kept",
    }


def _crawl(database: Database, job: str) -> dict[str, Any]:
    """Who ran it, what for, and on what it rests, as the version says that now counts."""
    rows = database.read(
        "SELECT j.operator, v.body FROM jobs j JOIN job_versions v ON v.job = j.id AND v.version = j.current"
        " WHERE j.id = ?",
        (job,),
    )
    if not rows:
        return {"job": job}
    body = json.loads(rows[0]["body"])
    about = {key: body["scope"][key] for key in ("kind", "legal_basis") if key in body["scope"]}
    return {"job": job, "operator": rows[0]["operator"], "purpose": body.get("purpose", ""), **about}
