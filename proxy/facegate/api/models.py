"""What the API takes and gives, as the OpenAPI document shows it."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _whole(value: object) -> object:
    """JSON tells 5.0 from 5 no more than its schemas do."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


ID: Final = r"^[a-z0-9][a-z0-9._-]{0,63}$"
USER: Final = r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$"
Role = Literal["operator", "reviewer", "admin"]
State = Literal["draft", "pending", "active", "approved", "exhausted", "expired", "revoked"]
Change = Literal["created", "changed", "unchanged"]
Fingerprint = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="sha256 of what was looked at")]
Reason = Annotated[str, Field(min_length=3, max_length=2_000, pattern=r"\S", description="stands in the ledger")]
Number = Annotated[int, Field(ge=1, le=1 << 53), BeforeValidator(_whole)]


class Asked(BaseModel):
    """A body: unknown keys are refused, and nothing is read as something else."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Decision(Asked):
    version: Number
    fingerprint: Fingerprint
    reason: Annotated[str, Field(max_length=2_000, description="stands in the ledger")] = ""


class Rejection(Asked):
    version: Number
    fingerprint: Fingerprint
    reason: Reason


class Revocation(Asked):
    reason: Reason


class Signature(Asked):
    reason: Reason


class Rotation(Asked):
    overlap: Annotated[
        int,
        Field(ge=0, le=604_800, description="seconds for which the old token stays good"),
        BeforeValidator(_whole),
    ] = 0


class NewUser(Asked):
    name: Annotated[str, Field(pattern=USER)]
    role: Role
    password: Annotated[
        str | None, Field(min_length=12, max_length=1_000, description="left away: one is made up, and shown once")
    ] = None


class FieldProblem(BaseModel):
    field: str
    detail: str


class ProblemDocument(BaseModel):
    """RFC 9457."""

    type: Annotated[str, Field(pattern="^urn:facegate:problem:[a-z-]+$")]
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldProblem] = []


class Spent(BaseModel):
    releases: int
    faces: int
    responses: int
    bytes: int


class JobVersion(BaseModel):
    version: int
    state: Literal["draft", "pending", "in-force", "superseded", "rejected", "withdrawn"]
    fingerprint: str
    author: str
    at: datetime
    decider: str | None
    decided: datetime | None
    why: str
    job: dict[str, Any]


class JobShown(BaseModel):
    """The job as the version whose word counts says it, in the shape of a job file; what became of it besides."""

    model_config = ConfigDict(extra="allow")

    id: str
    operator: str
    purpose: str
    scope: dict[str, Any]
    state: State
    version: int
    fingerprint: str
    waiting: Annotated[int | None, Field(description="the version that waits, as a draft or for its approval")]
    spent: Spent
    registered: datetime
    author: str
    approved: datetime | None
    approver: str | None
    revoked: datetime | None
    has_token: bool


class JobWithVersions(JobShown):
    versions: list[JobVersion]


class JobPage(BaseModel):
    jobs: list[JobShown]
    next: Annotated[str | None, Field(description="send it as `after` for the next page; null at the end")]
    damaged: Annotated[list[str], Field(description="a line for each job whose row was altered")]


class Registered(BaseModel):
    """`token` is there when the job was created, and never again."""

    id: str
    change: Change
    state: State
    version: Annotated[int, Field(description="whose word counts")]
    waiting: int | None
    fingerprint: Annotated[str, Field(description="of what was sent")]
    token: str | None = None


class Difference(BaseModel):
    field: str
    before: Any = None
    after: Any = None


class Preview(BaseModel):
    id: str
    change: Change
    state: State
    version: int
    waiting: int | None
    fingerprint: str
    differences: list[Difference]


class Decided(BaseModel):
    id: str
    state: State
    version: int
    waiting: int | None


class Approved(Decided):
    over: Annotated[dict[str, int], Field(description="thresholds of accumulation that the operator's jobs pass now")]


class JobToken(BaseModel):
    id: str
    token: str


class SigningKey(BaseModel):
    id: str
    signing_key: str


class Event(BaseModel):
    at: datetime
    event: Literal["registered", "approved", "rejected", "withdrawn", "revoked"]
    version: int | None
    by: str | None
    why: str


class History(BaseModel):
    id: str
    events: list[Event]


class User(BaseModel):
    name: str
    role: Role
    added: datetime


class Users(BaseModel):
    users: list[User]


class UserAdded(BaseModel):
    name: str
    role: Role
    password: str | None = None


class Me(BaseModel):
    name: str
    role: Role
    scopes: Annotated[list[str], Field(description="what this token may do, as far as the user's role may")]
    token: str
    expires: datetime


class StandingShown(BaseModel):
    """`totals` are of the configured window, `unsigned` of that what no reviewer signed, `over` what of it is over a
    threshold."""

    operator: str
    names: list[str]
    held: Annotated[str | None, Field(description="since when its releases are stopped")]
    why: dict[str, int]
    over: dict[str, int]
    totals: dict[str, int]
    unsigned: dict[str, int]
    signatures: int
    signed: str | None
    signer: str | None
    reason: str


class Standings(BaseModel):
    operators: list[StandingShown]
    next: str | None


class AccountShown(StandingShown):
    windows: Annotated[dict[str, dict[str, int]], Field(description="by their days")]
    jobs: list[dict[str, Any]]
    domains: dict[str, list[str]]
    elsewhere: list[dict[str, str]]


class Signed(BaseModel):
    operator: str
    signed: dict[str, int]
