"""Records as rows, and back."""

import json
import sqlite3
from datetime import datetime
from typing import Any

from facegate_addons.domain.model import Finding, QuarantineRecord
from facegate_addons.domain.reasons import Reason

from facegate.jobs.document import compact
from facegate.moments import stamp


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
    return {name: storable(value) for name, value in facts.items()}


def storable(value: Any) -> Any:
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
