"""What the API takes and gives of records, as the OpenAPI document shows it. Never a pixel."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from facegate.api.models import Asked, Number, Reason
from facegate.quarantine.bulk import MOST

RECORD = r"^[A-Za-z0-9_-]{8,64}$"
State = Literal["open", "confirmed", "false-positive", "released", "expired"]
ReleaseState = Literal["waiting", "granted", "delivered", "withdrawn"]
Note = Annotated[str, Field(max_length=2_000, description="stands in the record's history and in the ledger")]
Text = Annotated[str, Field(min_length=1, max_length=2_000)]
_Token = Annotated[str, Field(max_length=2_000, description="`next` or `previous` of a page")]


def _written(value: object) -> object:
    """A bare number is no time that a person writes."""
    if isinstance(value, str) and value.lstrip("+-").replace(".", "", 1).isdigit():
        raise ValueError("write a time, like 2026-03-01T06:00:00Z")
    return value


Moment = Annotated[datetime, BeforeValidator(_written)]


class Query(Asked):
    model_config = ConfigDict(extra="forbid", strict=False)


class RecordsQuery(Query):
    job: Text | None = None
    host: Annotated[Text | None, Field(description="one host, or all below a name: *.news.example")] = None
    reason: Text | None = None
    state: State | None = None
    digest: Annotated[str | None, Field(pattern="^[0-9a-fA-F]{8,64}$", description="sha256, or its beginning")] = None
    since: Annotated[Moment | None, Field(description="first seen then or later")] = None
    until: Annotated[Moment | None, Field(description="first seen before")] = None
    min_faces: Annotated[int | None, Field(ge=0, le=1_000_000)] = None
    held: bool | None = None
    url: Annotated[str | None, Field(max_length=2_000, pattern="://", description="how one of its URLs begins")] = None
    request: Annotated[Text | None, Field(description="the id of a request that brought it")] = None
    sort: Literal["newest", "oldest", "last-seen", "most-faces", "most-sightings", "expiring"] = "newest"
    after: _Token = ""
    limit: Annotated[int, Field(ge=1, le=1_000)] = 50


class RowsQuery(Query):
    before: Annotated[int | None, Field(ge=1, le=1 << 53, description="`next` of the page before")] = None
    limit: Annotated[int, Field(ge=1, le=1_000)] = 50


class CorrectionsQuery(RowsQuery):
    in_force: bool | None = None


class ReleasesQuery(Query):
    state: ReleaseState | None = None
    job: Text | None = None
    after: _Token = ""
    limit: Annotated[int, Field(ge=1, le=1_000)] = 50


class Noted(Asked):
    note: Note = ""
    expected_state: State | None = None


class Explained(Asked):
    reason: Reason
    expected_state: State | None = None


class Said(Asked):
    note: Annotated[str, Field(min_length=3, max_length=2_000, pattern=r"\S\s*\S\s*\S")]


class AskedRelease(Explained):
    job: Annotated[Text | None, Field(description="the record's own where it is left away")] = None


class Bulk(Asked):
    ids: Annotated[list[Annotated[str, Field(pattern=RECORD)]], Field(min_length=1, max_length=MOST)]
    decision: Literal["confirm", "false-positive", "release", "reopen"]
    reason: Reason
    job: Annotated[Text | None, Field(description="of a release")] = None
    expected_state: State | None = None


class RevokedCorrection(Asked):
    reason: Reason


class RecordShown(BaseModel):
    """`job`, `url`, `host` and `at` are those of the first sighting."""

    id: str
    digest: str
    codings: list[str]
    size: int
    content_type: str
    reason: str
    detail: str
    faces: int
    job: str
    url: str
    host: str
    at: datetime
    last: datetime
    sightings: int
    expires: datetime
    state: State
    hold: Annotated[str | None, Field(description="why it may not expire")]
    gone: Annotated[datetime | None, Field(description="since when its time is over")]
    has_bytes: bool


class RecordPage(BaseModel):
    records: list[RecordShown]
    next: str | None
    previous: str | None
    partial: Annotated[
        bool, Field(description="so many records were looked at; `next` goes on, also from an empty page")
    ]


class ReleaseShown(BaseModel):
    id: str
    record: str
    job: str
    why: str
    asked_by: str
    asked: datetime
    seconded_by: str | None
    seconded: datetime | None
    state: ReleaseState
    ended: datetime | None
    how: str


class ReleasePage(BaseModel):
    releases: list[ReleaseShown]
    next: str | None


class CorrectionShown(BaseModel):
    seq: Number
    digest: str
    codings: list[str]
    record: str
    by: str
    why: str
    at: datetime
    revoked: datetime | None
    revoked_by: str | None
    revoked_why: str | None


class CorrectionPage(BaseModel):
    corrections: list[CorrectionShown]
    next: int | None


class SightingShown(BaseModel):
    job: str
    url: str
    host: str
    reason: str
    at: datetime
    request: Annotated[str, Field(description="the request that brought it, as the log has it; empty for unknown")]


class SightingPage(BaseModel):
    sightings: list[SightingShown]
    next: int | None


class RecordWhole(RecordShown):
    """`faces` are boxes in pixels of the original picture. `revision` is what its ETag holds."""

    faces: list[dict[str, Any]]  # type: ignore[assignment]
    versions: dict[str, str]
    history: list[dict[str, Any]]
    releases: list[ReleaseShown]
    correction: CorrectionShown | None
    revision: int


class RecordDecided(BaseModel):
    id: str
    state: State
    was: State
    revision: int


class BulkRow(BaseModel):
    id: str
    done: bool
    state: str
    why: str


class BulkDone(BaseModel):
    rows: list[BulkRow]
    done: int


class RecordCounts(BaseModel):
    states: dict[str, int]
    open_by_reason: dict[str, int]
    waiting: int
    revision: int
