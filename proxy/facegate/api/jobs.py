"""/jobs: registered, shown and listed."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from facegate_addons.domain.job import Job
from facegate_addons.domain.model import utc_now
from fastapi import APIRouter, Body, Depends, Header, Path, Query, Response
from pydantic import ConfigDict, Field, WithJsonSchema

from facegate.api.auth import Caller, needs
from facegate.api.history import events
from facegate.api.models import (
    ID,
    Asked,
    History,
    JobPage,
    JobWithVersions,
    Preview,
    Registered,
    State,
)
from facegate.api.openapi import JOB, body_refusals, refusals
from facegate.api.problems import PreconditionFailed
from facegate.api.service import Service
from facegate.errors import InvalidJob, Problem
from facegate.jobs.changes import key_changes
from facegate.jobs.desk import Change
from facegate.jobs.document import compact, fingerprint, job_document
from facegate.jobs.planned import planned
from facegate.jobs.reader import job_from
from facegate.jobs.record import RegisteredJob
from facegate.state import jobs as rows

JobId = Annotated[str, Path(pattern=ID, description="small letters, digits, '.', '_', '-'")]
Reader = Annotated[Caller, Depends(needs("jobs:read"))]
Writer = Annotated[Caller, Depends(needs("jobs:write"))]
Etag = Annotated[str | None, Header(max_length=1_000)]


class ListQuery(Asked):
    model_config = ConfigDict(extra="forbid", strict=False)

    after: Annotated[str, Field(max_length=64, description="go on behind this id")] = ""
    limit: Annotated[int, Field(ge=1, le=1_000)] = 100
    state: State | None = None
    operator: Annotated[str | None, Field(min_length=1, max_length=2_000)] = None


class PutQuery(Asked):
    model_config = ConfigDict(extra="forbid", strict=False)

    draft: Annotated[bool, Field(description="do not ask for an approval yet; /submit does")] = False
    dry_run: Annotated[bool, Field(description="only tell what would change")] = False


def routes(service: Service) -> APIRouter:
    router = APIRouter(tags=["jobs"])
    desk, database = service.desk, service.database

    @router.get("/jobs", operation_id="list_jobs", responses=refusals())
    def list_jobs(by: Reader, query: Annotated[ListQuery, Query()]) -> JobPage:
        """By id, from behind `after` on. An operator's token lists their own jobs."""
        operator = query.operator
        if by.actor.role == "operator":
            by.check_sees(operator or by.actor.name, "what was asked for")
            operator = by.actor.name
        page = rows.list_jobs(database, state=query.state, operator=operator, after=query.after, limit=query.limit)
        shown = [job.as_json() for job in page.jobs]
        return JobPage.model_validate({"jobs": shown, "next": page.next, "damaged": page.damaged})

    @router.put(
        "/jobs/{id}",
        operation_id="register_job",
        response_model_exclude_unset=True,
        responses={
            **body_refusals(409, 412),
            200: {"model": Registered | Preview, "description": "Unchanged, a new version, or what would change"},
            201: {"model": Registered, "description": "Created; its token is shown this once"},
        },
    )
    def register_job(
        id: JobId,
        by: Writer,
        query: Annotated[PutQuery, Query()],
        body: Annotated[dict[str, Any], Body(), WithJsonSchema(JOB)],
        response: Response,
        if_match: Etag = None,
        if_none_match: Etag = None,
    ) -> Registered | Preview:
        """Saying the same again changes nothing; something else is a new version, which waits while the one in force
        stays there."""
        job = read_job(id, body, service, utc_now())
        check = _precondition(if_match, if_none_match)
        if query.dry_run:
            return _preview(service, job, by, check, draft=query.draft)
        done = desk.register(job, by.actor, draft=query.draft, check=check)
        response.status_code = 201 if done.change is Change.CREATED else 200
        shown = {"token": done.token} if done.token else {}
        return Registered.model_validate({**_said(done.job, done.change, job), **shown})

    @router.get(
        "/jobs/{id}",
        operation_id="show_job",
        responses={
            **refusals(404, 409),
            200: {"headers": {"ETag": {"schema": {"type": "string"}, "description": "the fingerprint, in quotes"}}},
        },
    )
    def show_job(id: JobId, by: Reader, response: Response) -> JobWithVersions:
        """With all its versions. The ETag is the fingerprint of the version whose word counts."""
        found = seen(service, id, by)
        response.headers["ETag"] = etag(found)
        return JobWithVersions.model_validate(found.as_json(versions=True))

    @router.get("/jobs/{id}/history", operation_id="job_history", responses=refusals(404, 409))
    def job_history(id: JobId, by: Reader) -> History:
        """Who registered, decided and revoked, when and why. The ledger has more."""
        return History.model_validate({"id": id, "events": events(seen(service, id, by))})

    return router


def read_job(job_id: str, body: dict[str, Any], service: Service, now: datetime) -> Job:
    """The job that a body describes. Raises InvalidJob."""
    if body.get("id", job_id) != job_id:
        raise InvalidJob("the request", [Problem("id", f"is not {job_id}, which the path says; leave it away")])
    return job_from({**body, "id": job_id}, "the request", service.config.job_rules, now)


def seen(service: Service, job_id: str, by: Caller) -> RegisteredJob:
    found = service.desk.show(job_id)
    by.check_sees(found.operator, f"job {job_id!r}")
    return found


def etag(job: RegisteredJob) -> str:
    return f'"{job.current.fingerprint}"'


def _precondition(if_match: str | None, if_none_match: str | None) -> Callable[[RegisteredJob | None], None]:
    def check(before: RegisteredJob | None) -> None:
        tag = etag(before) if before is not None else None
        if if_match is not None and (tag is None or not _holds(if_match, tag)):
            raise PreconditionFailed("If-Match does not hold; GET the job and look again")
        if if_none_match is not None and tag is not None and _holds(if_none_match, tag):
            raise PreconditionFailed("If-None-Match does not hold: the job is there already")

    return check


def _holds(header: str, tag: str) -> bool:
    return header.strip() == "*" or tag in (part.strip() for part in header.split(","))


def _said(after: RegisteredJob, change: Change, job: Job) -> dict[str, Any]:
    return {
        "id": after.id,
        "change": str(change),
        "state": str(after.state),
        "version": after.current.number,
        "waiting": after.waiting.number if after.waiting else None,
        "fingerprint": fingerprint(compact(job_document(job))),
    }


def _preview(
    service: Service, job: Job, by: Caller, check: Callable[[RegisteredJob | None], None], *, draft: bool
) -> Preview:
    plan = planned(service.database, job, by.actor, draft=draft, check=check)
    changes = key_changes(plan.latest.job if plan.latest else None, job)
    found = [{"field": change.key, "before": change.old, "after": change.new} for change in changes]
    return Preview.model_validate({**_said(plan.after, plan.change, job), "differences": found})
