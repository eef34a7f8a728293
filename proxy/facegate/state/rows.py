"""Jobs and records as rows, and back. A row that does not say what it said when it was written is refused."""

import hashlib
import json
import sqlite3
from datetime import UTC, datetime
from typing import Any

from facegate_addons.domain.job import Job, JobState, Kind, Live, Scope
from facegate_addons.domain.model import Finding, QuarantineRecord
from facegate_addons.domain.reasons import Reason

from facegate.errors import StateError


def compact(value: object) -> str:
    """JSON in one form only, so that equal values give equal digests."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def stamp(at: datetime) -> str:
    """UTC in one width, so that times sort as text."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def scope_as_json(scope: Scope) -> dict[str, Any]:
    return {
        "kind": str(scope.kind),
        "subjects": list(scope.subjects),
        "hosts": list(scope.hosts),
        "legal_basis": scope.legal_basis,
        "reference": scope.reference,
        "expires": scope.expires.isoformat() if scope.expires else None,
        "max_releases": scope.max_releases,
    }


def live_as_json(job: Job) -> dict[str, str]:
    """What a job asks for beyond single responses; {} for one that asks for nothing, as before there was any."""
    asked = {"streams": job.streams, "websocket": job.websocket}
    return {name: str(value) for name, value in asked.items() if value is not Live.REFUSE}


def frozen(job: Job) -> dict[str, Any]:
    """What is kept of a job in its column `scope`."""
    return scope_as_json(job.scope) | live_as_json(job)


def fingerprint(job: Job) -> str:
    """sha256 over everything an approver decides on: who, what for, and the whole scope."""
    facts = {"id": job.id, "operator": job.operator, "purpose": job.purpose, "scope": frozen(job)}
    return hashlib.sha256(compact(facts).encode()).hexdigest()


def job_from_row(row: sqlite3.Row) -> Job:
    """Raises StateError when the row was altered after it was registered."""
    try:
        raw = json.loads(row["scope"])

        def live(name: str) -> Live:
            return Live(raw.get(name, Live.REFUSE))

        expires = datetime.fromisoformat(raw["expires"]) if raw["expires"] else None
        scope = Scope(
            Kind(raw["kind"]),
            tuple(raw["subjects"]),
            tuple(raw["hosts"]),
            legal_basis=raw["legal_basis"],
            reference=raw["reference"],
            expires=expires,
            max_releases=raw["max_releases"],
        )
        job = Job(
            row["id"],
            row["operator"],
            row["purpose"],
            scope,
            JobState(row["state"]),
            live("streams"),
            live("websocket"),
        )
    except (ValueError, KeyError, TypeError):
        raise StateError(f"job {row['id']!r}: its row is damaged; revoke it and register anew") from None
    columns = (row["kind"], row["expires"], row["max_releases"])
    if fingerprint(job) != row["fingerprint"] or columns != (str(scope.kind), raw["expires"], scope.max_releases):
        raise StateError(f"job {job.id!r}: its row was altered outside facegate; revoke it and register anew")
    return job


def record_values(record: QuarantineRecord, url: str, host: str) -> dict[str, Any]:
    facts = {
        "id": record.id,
        "job": record.job,
        "url": url,
        "host": host,
        "digest": record.digest,
        "size": record.size,
        "content_type": record.content_type,
        "codings": compact(list(record.codings)),
        "reason": str(record.reason),
        "findings": compact([[*f.box, f.score, f.where] for f in record.findings]),
        "faces": len(record.findings),
        "versions": compact(dict(record.versions)),
        "at": stamp(record.at),
        "expires": stamp(record.expires),
        "state": record.state,
        "detail": record.detail,
    }
    return {name: _storable(value) for name, value in facts.items()}


def _storable(value: Any) -> Any:
    """Half characters, which a hostile head can bring into a URL or a type, are spelled out."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def record_from_row(row: sqlite3.Row) -> QuarantineRecord:
    return QuarantineRecord(
        id=row["id"],
        job=row["job"],
        url=row["url"],
        digest=row["digest"],
        size=row["size"],
        content_type=row["content_type"],
        reason=Reason(row["reason"]),
        at=datetime.fromisoformat(row["at"]),
        expires=datetime.fromisoformat(row["expires"]),
        versions=json.loads(row["versions"]),
        findings=tuple(Finding((a, b, c, d), score, where) for a, b, c, d, score, where in json.loads(row["findings"])),
        state=row["state"],
        codings=tuple(json.loads(row["codings"])),
        detail=row["detail"],
    )
