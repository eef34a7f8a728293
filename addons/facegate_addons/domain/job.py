"""A crawl job: who runs it, what for, and whom it may receive faces of. All frozen."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """How wide a job's scope is. Only the last two may ever receive a face."""

    UNTARGETED = "untargeted"
    INDIVIDUAL = "individual"
    GROUP = "group"


class JobState(StrEnum):
    """The life of a job: draft -> pending -> approved -> exhausted | expired | revoked.

    An untargeted job is active at once, and never pending, approved or exhausted.
    """

    DRAFT = "draft"  # being written; does not crawl
    PENDING = "pending"  # crawls as an untargeted one until somebody approves it
    ACTIVE = "active"
    APPROVED = "approved"
    EXHAUSTED = "exhausted"  # a budget is spent; crawls on as an untargeted one
    EXPIRED = "expired"
    REVOKED = "revoked"


class Live(StrEnum):
    """What is done with what has no end: event streams, pictures that replace each other, WebSockets."""

    REFUSE = "refuse"
    INSPECT = "inspect"


class Outside(StrEnum):
    """What is done with a targeted job's request outside its scope."""

    UNTARGETED = "untargeted"  # it goes out, and its faces are withheld
    REFUSE = "refuse"


class Purpose(StrEnum):
    """What the faces would be for, as the Guidelines tell purposes apart (C(2025) 5052, 226, 229, 234, 235)."""

    DATABASE = "facial-recognition-database"  # that of Article 5(1)(e); allowed in a targeted search only
    SEARCH = "search"  # for given persons, without a collection that could be searched by face
    TRAINING = "training-without-identification"
    FICTITIOUS = "fictitious-persons"
    OTHER = "other"

    @property
    def outside_the_prohibition(self) -> bool:
        """Purposes of their own class: they need no face of anybody in particular, so they never receive one."""
        return self in (Purpose.TRAINING, Purpose.FICTITIOUS)


class Source(StrEnum):
    INTERNET = "internet"
    CCTV = "cctv"
    BOTH = "internet-and-cctv"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Conditions:
    """The four conditions of the prohibition as the operator answered them (224, 225); None: not answered."""

    in_the_union: bool | None = None  # jurisdiction: placed on the market, put into service or used in the EU
    purpose: Purpose | None = None
    automated: bool | None = None  # AI tools take part in the scraping
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """A time of the day in UTC, from `begins` until before `ends`; over midnight when it ends before it begins."""

    begins: time
    ends: time

    def holds(self, now: datetime) -> bool:
        at = now.astimezone(UTC).time()
        if self.begins < self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a job looks for, where, when, how much of it, and on what paper it rests. Empty tuples do not narrow,
    but for `hosts`, without which nothing is inside."""

    kind: Kind = Kind.UNTARGETED
    subjects: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    methods: tuple[str, ...] = ()
    legal_basis: str = ""
    reference: str = ""
    begins: datetime | None = None
    expires: datetime | None = None
    hours: Hours | None = None
    max_releases: int | None = None  # face-bearing responses passed
    max_faces: int | None = None  # faces in them
    max_responses: int | None = None  # responses of any kind got inside the scope
    max_bytes: int | None = None  # of them
    outside: Outside = Outside.UNTARGETED

    @property
    def counts_responses(self) -> bool:
        """Does a response without a face count, too?"""
        return self.max_responses is not None or self.max_bytes is not None


@dataclass(frozen=True, slots=True)
class Job:
    """One crawl with one purpose and one scope, as one version of it says."""

    id: str
    operator: str
    purpose: str = ""
    scope: Scope = Scope()
    state: JobState = JobState.ACTIVE
    streams: Live = Live.REFUSE
    websocket: Live = Live.REFUSE
    conditions: Conditions = Conditions()
    redact: bool = False  # faces are covered rather than withheld, whatever the gateway's policy
    keep: timedelta | None = None  # how long withheld bytes are kept, where that is shorter than the gateway's policy
    version: int = 1

    def may_crawl(self, now: datetime) -> bool:
        """May this job send requests? A pending one may: until it is approved it is treated as untargeted."""
        return self.state not in (JobState.DRAFT, JobState.EXPIRED, JobState.REVOKED) and not self._expired(now)

    def in_force(self, now: datetime) -> bool:
        """Is the job's targeted scope approved, begun and not past its end? Budgets are asked when they are spent."""
        return (
            self.scope.kind is not Kind.UNTARGETED
            and self.state in (JobState.APPROVED, JobState.EXHAUSTED)
            and (self.scope.begins is None or now >= self.scope.begins)
            and not self._expired(now)
        )

    def _expired(self, now: datetime) -> bool:
        return self.scope.expires is not None and now >= self.scope.expires


@dataclass(frozen=True, slots=True)
class Spending:
    """What one response inside the scope takes from its job's budgets."""

    bytes: int
    faces: int = 0
    responses: int = 1
    version: int = 0  # of the job, by whose scope it was judged; 0: whichever is in force

    @property
    def releases(self) -> int:
        """Face-bearing responses: none, or this one."""
        return 1 if self.faces else 0
