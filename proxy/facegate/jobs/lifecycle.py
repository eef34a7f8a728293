"""The life of a job, pure: what a person does to it gives the job as it then is, or one line that says why not.

draft -> pending -> approved -> exhausted | expired | revoked; an untargeted job is active at once. What is pending is
frozen: a change is a new version, which waits while the one in force stays there.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from facegate_addons.domain.job import Job, JobState, Kind, Scope

from facegate.errors import Conflict, NotAllowed
from facegate.jobs.document import compact, fingerprint, job_document, same_job
from facegate.jobs.record import RegisteredJob, Spent, Token, Version, VersionState, operator_key

REVIEWERS = ("reviewer", "admin")
FILE = "file:"  # how an author is written who is a job file; no added user's name has a colon
SYSTEM = "os:"  # how an author is written who was known to the operating system only


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something. `role` is that of an added user; None for whoever may write the home, or for a file."""

    name: str
    role: str | None = None
    via: str = "cli"

    def is_called(self, name: str) -> bool:
        """In whatever spelling: look-alikes are the same person."""
        return operator_key(self.name) == operator_key(name)


def registered(before: RegisteredJob | None, job: Job, by: Actor, now: datetime, *, draft: bool) -> RegisteredJob:
    """The job with what `job` says as its newest version; the same object when it says nothing new."""
    if by.role == "operator" and not by.is_called(job.operator):
        raise NotAllowed(f"{by.name} runs no crawls of {job.operator!r}; an operator registers jobs of their own name")
    if by.role == "reviewer":
        raise NotAllowed(f"{by.name} is reviewer; jobs are registered by operators and admins")
    if before is None:
        version = _version(1, job, by, now, draft=draft)
        return _settled(RegisteredJob(job.id, job.operator, JobState.DRAFT, (version,), (), now), now)
    _alive(before)
    if operator_key(before.operator) != operator_key(job.operator):
        raise Conflict(f"job {job.id!r} is run by {before.operator!r}; register another id for another operator")
    latest = before.waiting or before.in_force
    if latest is not None and same_job(latest.job, job):
        return submitted(before, by, now) if latest.state is VersionState.DRAFT and not draft else before
    if draft and before.waiting is None and before.in_force is not None and job.scope.kind is Kind.UNTARGETED:
        raise Conflict(f"job {job.id!r} is in force; a draft of an untargeted version would change nothing")
    versions = [
        replace(v, state=VersionState.WITHDRAWN, decided=now, decider=by.name) if v is before.waiting else v
        for v in before.versions
    ]
    version = _version(len(versions) + 1, job, by, now, draft=draft)
    if version.state is VersionState.IN_FORCE:
        versions = [_superseded(v) for v in versions]
    return _settled(replace(before, versions=(*versions, version)), now)


def submitted(before: RegisteredJob, by: Actor, now: datetime) -> RegisteredJob:
    """The draft asks for its approval; that of an untargeted job is in force."""
    draft = _waiting(before, None)
    if draft.state is not VersionState.DRAFT:
        raise Conflict(f"job {before.id!r} is submitted already; it waits for its approval")
    if by.role == "reviewer" or (by.role == "operator" and not by.is_called(before.operator)):
        raise NotAllowed(f"job {before.id!r} is run by {before.operator!r}; {by.name} cannot submit it")
    fresh = _version(draft.number, draft.job, by, now, draft=False)
    return _with(before, replace(fresh, author=draft.author), now)


def approved(
    before: RegisteredJob, by: Actor, now: datetime, *, version: int | None, seen: str | None, why: str
) -> RegisteredJob:
    """`seen` is the fingerprint of what the approver looked at; None where they name no version but take what waits."""
    if before.job.scope.kind is Kind.UNTARGETED and before.waiting is None:
        raise Conflict(f"job {before.id!r} is untargeted: it is active without an approval")
    waiting = _decidable(before, by, version)
    if seen is not None and seen != waiting.fingerprint:
        raise Conflict(f"job {before.id!r}: version {waiting.number} is not what was looked at; look again")
    expires = waiting.job.scope.expires
    if expires is None or expires <= now:
        raise Conflict(f"job {before.id!r} has expired; register it anew with a later date")
    done = replace(waiting, state=VersionState.IN_FORCE, decider=by.name, decided=now, why=why)
    return _with(before, done, now)


def rejected(before: RegisteredJob, by: Actor, now: datetime, *, version: int | None, why: str) -> RegisteredJob:
    """The version goes nowhere; its author may register another."""
    waiting = _decidable(before, by, version)
    return _with(before, replace(waiting, state=VersionState.REJECTED, decider=by.name, decided=now, why=why), now)


def withdrawn(before: RegisteredJob, by: Actor, now: datetime, *, version: int | None) -> RegisteredJob:
    """What waits, as a draft or for its approval, is taken back; what is in force stays there."""
    if by.role == "reviewer" or (by.role == "operator" and not by.is_called(before.operator)):
        raise NotAllowed(f"job {before.id!r} is run by {before.operator!r}; {by.name} cannot withdraw it")
    waiting = _waiting(before, version)
    return _with(before, replace(waiting, state=VersionState.WITHDRAWN, decider=by.name, decided=now), now)


def revoked(before: RegisteredJob, by: Actor, now: datetime) -> RegisteredJob:
    """For good: the id stays taken. Its token opens nothing, but who has it is told what became of the job."""
    if before.state is JobState.REVOKED:
        raise Conflict(f"job {before.id!r} is revoked already")
    if by.role == "operator" and not by.is_called(before.operator):
        raise NotAllowed(f"job {before.id!r} is run by {before.operator!r}; {by.name} cannot revoke it")
    return replace(_stated(before, JobState.REVOKED), revoked=now)


def with_token(before: RegisteredJob, hashed: bytes, by: Actor, now: datetime, overlap: timedelta) -> RegisteredJob:
    """A new token; the one before is good for `overlap` longer, older ones as long as they were."""
    _alive(before)
    if by.role == "reviewer" or (by.role == "operator" and not by.is_called(before.operator)):
        raise NotAllowed(f"job {before.id!r} is run by {before.operator!r}; {by.name} cannot have its token")
    kept = [
        replace(token, until=min(token.until or now + overlap, now + overlap))
        for token in before.tokens
        if token.good(now) and overlap > timedelta(0)
    ]
    return replace(before, tokens=(*kept, Token(hashed, before.generation + 1)))


def may_bring_token(before: RegisteredJob, by: Actor) -> bool:
    """Only job files may replace the token of a job that is theirs: the name of an operator is no secret."""
    return by.name.startswith(FILE) and all(version.author.startswith(FILE) for version in before.versions)


def expired(before: RegisteredJob, now: datetime) -> RegisteredJob:
    """The job, expired when its time has come; else the same object."""
    if before.state in (JobState.REVOKED, JobState.EXPIRED):
        return before
    expires = before.current.job.scope.expires
    return _stated(before, JobState.EXPIRED) if expires is not None and expires <= now else before


def is_exhausted(scope: Scope, spent: Spent) -> bool:
    """Is one of the budgets used up?"""
    pairs = (
        (scope.max_releases, spent.releases),
        (scope.max_faces, spent.faces),
        (scope.max_responses, spent.responses),
        (scope.max_bytes, spent.bytes),
    )
    return any(most is not None and used >= most for most, used in pairs)


def _alive(job: RegisteredJob) -> None:
    if job.state is JobState.REVOKED:
        raise Conflict(f"job {job.id!r} is revoked, for good; register another id")


def _waiting(job: RegisteredJob, version: int | None) -> Version:
    _alive(job)
    waiting = job.waiting
    if waiting is None:
        raise Conflict(f"job {job.id!r} is {job.state}; nothing of it waits")
    if version is not None and version != waiting.number:
        raise Conflict(f"job {job.id!r}: version {version} does not wait; version {waiting.number} does")
    return waiting


def _decidable(job: RegisteredJob, by: Actor, version: int | None) -> Version:
    """The version that waits for a decision, when `by` may take it: two people, or none."""
    if by.role not in REVIEWERS:
        raise NotAllowed(f"{by.name} is {by.role or 'no added user'}; this takes a reviewer or an admin")
    waiting = _waiting(job, version)
    if waiting.state is VersionState.DRAFT:
        raise Conflict(f"job {job.id!r} is a draft; `facegate job submit {job.id}` comes first")
    if by.is_called(job.operator):
        raise NotAllowed(f"{by.name} runs job {job.id!r}; another person has to approve it")
    if by.is_called(waiting.author.removeprefix(SYSTEM)):
        raise NotAllowed(f"{by.name} wrote this version of job {job.id!r}; another person has to approve it")
    return waiting


def _version(number: int, job: Job, by: Actor, now: datetime, *, draft: bool) -> Version:
    state = VersionState.PENDING if job.scope.kind is not Kind.UNTARGETED else VersionState.IN_FORCE
    return Version(
        number, job, fingerprint(compact(job_document(job))), VersionState.DRAFT if draft else state, by.name, now
    )


def _superseded(version: Version) -> Version:
    return replace(version, state=VersionState.SUPERSEDED) if version.state is VersionState.IN_FORCE else version


def _with(job: RegisteredJob, changed: Version, now: datetime) -> RegisteredJob:
    replaces = changed.state is VersionState.IN_FORCE
    versions = tuple(changed if v.number == changed.number else _superseded(v) if replaces else v for v in job.versions)
    return _settled(replace(job, versions=versions), now)


def _settled(job: RegisteredJob, now: datetime) -> RegisteredJob:
    """With the state that its versions add up to."""
    current = job.current
    if current.state is VersionState.IN_FORCE:
        targeted = JobState.EXHAUSTED if is_exhausted(current.job.scope, job.spent) else JobState.APPROVED
        state = JobState.ACTIVE if current.job.scope.kind is Kind.UNTARGETED else targeted
    else:
        state = JobState.PENDING if current.state is VersionState.PENDING else JobState.DRAFT
    return expired(_stated(replace(job, operator=current.job.operator), state), now)


def _stated(job: RegisteredJob, state: JobState) -> RegisteredJob:
    """In that state, and each version's job saying so."""
    versions = tuple(replace(v, job=replace(v.job, state=state, version=v.number)) for v in job.versions)
    return replace(job, versions=versions, state=state)
