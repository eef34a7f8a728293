"""What is kept of a record, a release and a correction, as those who list them see it. Frozen values, never pixels."""

import json
import sqlite3
from dataclasses import dataclass, fields
from typing import Any

COLUMNS = (
    "r.seq, r.id, r.digest, r.codings, r.size, r.content_type, r.reason, r.detail, r.faces, r.job, r.url, r.host, r.at,"
    " r.last, r.sightings, r.expires, r.state, r.hold, r.gone, r.wrapped_key IS NOT NULL AS has_bytes"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One record; `job`, `url`, `host` and `at` are those of its first sighting, `last` is when the last one was."""

    seq: int
    id: str
    digest: str
    codings: tuple[str, ...]
    size: int
    content_type: str
    reason: str
    detail: str
    faces: int
    job: str
    url: str
    host: str
    at: str
    last: str
    sightings: int
    expires: str
    state: str
    hold: str | None
    gone: str | None
    has_bytes: bool

    def as_json(self) -> dict[str, Any]:
        return {
            it.name: list(self.codings) if it.name == "codings" else getattr(self, it.name)
            for it in fields(self)
            if it.name != "seq"
        }


@dataclass(frozen=True, slots=True)
class Release:
    """A record let through to a job, once. `state`: waiting for a second person, granted, delivered or withdrawn;
    `ended` is when it was delivered or withdrawn, `how` says by what way, or by whom and why."""

    id: str
    record: str
    job: str
    why: str
    asked_by: str
    asked: str
    seconded_by: str | None
    seconded: str | None
    state: str
    ended: str | None
    how: str

    def as_json(self) -> dict[str, Any]:
        return {it.name: getattr(self, it.name) for it in fields(self)}


@dataclass(frozen=True, slots=True)
class Correction:
    """A body that somebody found to bear no face: it passes while the correction is not revoked."""

    seq: int
    digest: str
    codings: tuple[str, ...]
    record: str
    by: str
    why: str
    at: str
    revoked: str | None
    revoked_by: str | None
    revoked_why: str | None

    def as_json(self) -> dict[str, Any]:
        return {it.name: getattr(self, it.name) for it in fields(self)} | {"codings": list(self.codings)}


def entry(row: sqlite3.Row) -> Entry:
    """Of a row that has COLUMNS."""
    values = {it.name: row[it.name] for it in fields(Entry)}
    return Entry(**values | {"codings": tuple(json.loads(row["codings"])), "has_bytes": bool(row["has_bytes"])})


def release(row: sqlite3.Row) -> Release:
    return Release(**{it.name: row[it.name] for it in fields(Release)})


def correction(row: sqlite3.Row) -> Correction:
    values = {it.name: row[it.name] for it in fields(Correction)}
    return Correction(**values | {"codings": tuple(json.loads(row["codings"]))})
