"""The values the gate thinks in. All frozen; none knows a proxy, a clock or a database."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal

from facegate_addons.domain.reasons import Reason


@dataclass(frozen=True, slots=True)
class Finding:
    """One face: where it is, in pixels of the original picture, and how sure the detector was.

    `box` is (left, top, right, bottom), `where` leads to the picture inside the body ("" for the body itself,
    else like "frame 3" or "data: 2"), `score` is the detector's, 0 to 1.
    """

    box: tuple[int, int, int, int]
    score: float
    where: str = ""


@dataclass(frozen=True, slots=True)
class Clear:
    """Looked at, whole, and no face was found. `kind` names what it was ("jpeg", "text", "empty")."""

    kind: str


@dataclass(frozen=True, slots=True)
class Faces:
    """`redacted`, where it was asked for: the same body with every face covered, looked at again and found clear.
    b"" where none could be made; then `unredacted` says why. It is ours to write: it carries no body bytes.
    `kind` names what the body was ("jpeg", "pdf"), "" for what has no magic."""

    findings: tuple[Finding, ...]
    redacted: bytes = field(default=b"", repr=False)
    unredacted: str = ""
    kind: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Could not be looked at, or not whole. Never clear. `detail` is ours to write: it carries no body bytes."""

    why: Reason
    detail: str = ""


Verdict = Clear | Faces | Unreadable


class Action(StrEnum):
    PASS = "pass"  # noqa: S105 - a word of the contract
    DROP = "drop"
    QUARANTINE = "quarantine"
    REDACT = "redact"
    REFUSE = "refuse"


PASSING = (Action.PASS, Action.REDACT)  # those that let bytes out


class Cover(StrEnum):
    """What a redacted face is covered with."""

    SOLID = "solid"
    MOSAIC = "mosaic"


@dataclass(frozen=True, slots=True)
class Decision:
    """What the gate does with a response. A PASS or a REDACT is worth something only for the bytes of `digest`
    (sha256); those of a REDACT are the redacted ones. `observed` is what would have been done, where observe mode made
    a PASS of it; else None."""

    action: Action
    reason: Reason
    findings: tuple[Finding, ...] = ()
    digest: str = ""
    observed: Action | None = None


@dataclass(frozen=True, slots=True)
class Hashed:
    """The sha256 of `body`: of this very object, for bytes do not change."""

    body: bytes = field(repr=False)
    digest: str


@dataclass(frozen=True, slots=True)
class Payload:
    """What is handed to inspection: the bytes on the wire, and the head that came with them.

    `codings` are the values of Content-Encoding in order of application; `headers` are the response's own
    values that are long enough to carry a picture. `cover` asks for a redacted copy, should there be faces.
    `inits` are init segments that the same job was given before: one may belong to a video segment.
    `whole` is for a job in scope, who may be given the faces: every face counts, and what cannot be looked at withholds
    all. Without it the first face ends the look.
    No verdict depends on `hashed`, by which nobody has to hash the body again, and on `job`, which is whose turn it is.
    """

    body: bytes
    content_type: str = ""
    codings: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    cover: Cover | None = None
    inits: tuple[bytes, ...] = ()
    whole: bool = False
    hashed: Hashed | None = field(default=None, compare=False, repr=False)
    job: str = field(default="", compare=False)

    @property
    def digest(self) -> str:
        """The body's sha256. A hash of another body is of no use here, and counts for nothing."""
        if self.hashed is not None and self.hashed.body is self.body:
            return self.hashed.digest
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class QuarantineRecord:
    """A withheld body and what is known of it; `job`, `url` and `at` are those of its first sighting. The bytes
    themselves are in the vault."""

    id: str
    job: str
    url: str
    digest: str
    size: int
    content_type: str
    reason: Reason
    at: datetime
    expires: datetime
    versions: Mapping[str, str]
    findings: tuple[Finding, ...] = ()
    state: Literal["open", "confirmed", "false-positive", "released", "expired"] = "open"
    codings: tuple[str, ...] = ()
    detail: str = ""  # beside the reason, for the reviewer; ours to write: it carries no body bytes
    inside: bool = False  # the request that brought it was inside its job's approved scope
    request: str = ""  # the id of that request, as the log and the answer have it


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture that passed, drawn at `rate` for a person to look at. Where it came from is not kept: nobody needs it
    to see a face, and the ledger has it under the digest."""

    id: str
    job: str
    digest: str
    codings: tuple[str, ...]
    size: int
    kind: str
    rate: float
    at: datetime
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A quarantined body that persons let through to one job, once. `release` names their decision; `seconded`: it was
    that of two, else of one, and good inside the job's approved scope alone."""

    release: str
    record: str
    body: bytes = field(repr=False)
    digest: str
    content_type: str
    codings: tuple[str, ...]
    findings: tuple[Finding, ...]
    seconded: bool = True


def utc_now() -> datetime:
    return datetime.now(UTC)
