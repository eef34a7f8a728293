"""A registered job with all that became of it: its versions, tokens and counts. Frozen values."""

import functools
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from facegate_addons.domain.job import Job, JobState

from facegate.jobs import spelling
from facegate.jobs.document import job_document
from facegate.jobs.questionnaire import assess


@functools.lru_cache(maxsize=10_000)
def operator_key(operator: str) -> str:
    """One spelling of an operator's name: "ACME ", wide letters and a Cyrillic a make no other operator."""
    return spelling.plain(operator)


class VersionState(StrEnum):
    """What became of one version. At most one is in force, and at most one waits (draft or pending)."""

    DRAFT = "draft"
    PENDING = "pending"
    IN_FORCE = "in-force"
    SUPERSEDED = "superseded"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"  # replaced before anybody decided


WAITING = (VersionState.DRAFT, VersionState.PENDING)


@dataclass(frozen=True, slots=True)
class Version:
    """`job` is frozen from the moment it is pending; `fingerprint` is the sha256 of its document."""

    number: int
    job: Job
    fingerprint: str
    state: VersionState
    author: str
    at: datetime
    decider: str | None = None
    decided: datetime | None = None
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "version": self.number,
            "state": str(self.state),
            "fingerprint": self.fingerprint,
            "author": self.author,
            "at": self.at.isoformat(),
            "decider": self.decider,
            "decided": self.decided.isoformat() if self.decided else None,
            "why": self.why,
            "job": job_document(self.job),
        }


@dataclass(frozen=True, slots=True)
class Token:
    """sha256 of one, and when it ends: None for the one that was made last. `generation` counts them."""

    hash: bytes
    generation: int
    until: datetime | None = None

    def good(self, now: datetime) -> bool:
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True)
class Spent:
    """What a job has used of its budgets, over all its versions."""

    releases: int = 0
    faces: int = 0
    responses: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class RegisteredJob:
    id: str
    operator: str
    state: JobState
    versions: tuple[Version, ...]  # the first one first
    tokens: tuple[Token, ...]
    registered: datetime
    spent: Spent = Spent()
    revoked: datetime | None = None

    @property
    def in_force(self) -> Version | None:
        return next((v for v in self.versions if v.state is VersionState.IN_FORCE), None)

    @property
    def waiting(self) -> Version | None:
        return next((v for v in self.versions if v.state in WAITING), None)

    @property
    def current(self) -> Version:
        """The one whose word counts: in force, else waiting, else the last."""
        return self.in_force or self.waiting or self.versions[-1]

    @property
    def job(self) -> Job:
        return self.current.job

    @property
    def generation(self) -> int:
        return max((token.generation for token in self.tokens), default=0)

    def as_json(self, *, versions: bool = False) -> dict[str, Any]:
        """The token is never among it."""
        current = self.current
        shown = {
            **job_document(current.job),
            "state": str(self.state),
            "version": current.number,
            "fingerprint": current.fingerprint,
            "waiting": self.waiting.number if self.waiting else None,
            "releases": self.spent.releases,
            "spent": {name: getattr(self.spent, name) for name in ("releases", "faces", "responses", "bytes")},
            "registered": self.registered.isoformat(),
            "author": current.author,
            "approved": current.decided.isoformat() if self.in_force and current.decided else None,
            "approver": current.decider if self.in_force else None,
            "revoked": self.revoked.isoformat() if self.revoked else None,
            "has_token": bool(self.tokens),
            "assessment": assess((self.waiting or current).job).as_json(),
        }
        return shown | ({"versions": [version.as_json() for version in self.versions]} if versions else {})
