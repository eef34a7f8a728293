"""/jobs/{id}/...: what people decide on a job, and the secrets that its operator asks for."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from facegate.api.auth import Caller, needs
from facegate.api.jobs import JobId, Writer
from facegate.api.models import (
    Approved,
    Decided,
    Decision,
    JobToken,
    Rejection,
    Revocation,
    Rotation,
    SigningKey,
)
from facegate.api.openapi import body_refusals, refusals
from facegate.api.service import Service
from facegate.errors import Altered, Conflict, NotAllowed
from facegate.jobs.record import RegisteredJob
from facegate.quarantine.keys import master_key
from facegate.state.registry import signing_key
from facegate.state.secret import identity_secret

Approver = Annotated[Caller, Depends(needs("jobs:approve"))]
Either = Annotated[Caller, Depends(needs("jobs:write", "jobs:approve"))]
WITHOUT_BODY = refusals(404, 409, 413, 415)
WITH_BODY = body_refusals(404, 409)


def routes(service: Service) -> APIRouter:
    router = APIRouter(tags=["decisions"])
    desk = service.desk

    @router.post("/jobs/{id}/submit", operation_id="submit_job", responses=WITHOUT_BODY)
    def submit_job(id: JobId, by: Writer) -> Decided:
        """Ask for the approval of a draft. It is frozen from here on."""
        return Decided.model_validate(_decided(desk.submit(id, by.actor)))

    @router.post("/jobs/{id}/withdraw", operation_id="withdraw_job", responses=WITHOUT_BODY)
    def withdraw_job(id: JobId, by: Writer) -> Decided:
        """Take back what waits, as a draft or for its approval. What is in force stays there."""
        return Decided.model_validate(_decided(desk.withdraw(id, by.actor)))

    @router.post("/jobs/{id}/approve", operation_id="approve_job", responses=WITH_BODY)
    def approve_job(id: JobId, by: Approver, body: Decision) -> Approved:
        """Approve what was looked at: `version` and `fingerprint` are those of GET /jobs/{id}. Nobody approves what
        they run or wrote."""
        done = desk.approve(id, by.actor, version=body.version, seen=body.fingerprint, why=body.reason)
        return Approved.model_validate({**_decided(done.job), "over": done.over})

    @router.post("/jobs/{id}/reject", operation_id="reject_job", responses=WITH_BODY)
    def reject_job(id: JobId, by: Approver, body: Rejection) -> Decided:
        """Its author may register another version."""
        found = desk.show(id)
        looked_at = next((it for it in found.versions if it.number == body.version), None)
        if looked_at is not None and looked_at.fingerprint != body.fingerprint:
            raise Conflict(f"job {id!r}: version {body.version} is not what was looked at; look again")
        return Decided.model_validate(_decided(desk.reject(id, by.actor, body.reason, version=body.version)))

    @router.post("/jobs/{id}/revoke", operation_id="revoke_job", responses=WITH_BODY)
    def revoke_job(id: JobId, by: Either, body: Revocation) -> Decided:
        """For good. Running gateways refuse it within a second."""
        if by.actor.role == "operator":
            _own(service, id, by)  # a row that cannot be read is revoked by somebody else
        desk.revoke(id, by.actor, body.reason)
        try:
            return Decided.model_validate(_decided(desk.show(id)))
        except Altered:
            return Decided(id=id, state="revoked", version=0, waiting=None)

    @router.post("/jobs/{id}/token", operation_id="rotate_job_token", responses=WITH_BODY)
    def rotate_job_token(id: JobId, by: Writer, body: Rotation) -> JobToken:
        """A new token for the crawler, shown this once; the old one stays good for `overlap` seconds."""
        return JobToken(id=id, token=desk.rotate_token(id, by.actor, timedelta(seconds=body.overlap)))

    @router.post("/jobs/{id}/signing-key", operation_id="show_signing_key", responses=WITHOUT_BODY)
    def show_signing_key(id: JobId, by: Writer) -> SigningKey:
        """The key that a crawler signs single requests with. It changes with the job's token; the ledger notes that it
        was shown."""
        found = _own(service, id, by)
        if not found.tokens:
            raise Conflict(f"job {id!r} is {found.state} and has no token, so there is no key")
        secret = identity_secret(service.database, master_key(service.home, service.config.vault, service.database))
        facts = {"by": by.actor.name, "via": by.actor.via, "role": by.actor.role}
        service.ledger.append_now({"event": "job-signing-key-shown", "job": id, **facts})
        return SigningKey(id=id, signing_key=signing_key(secret, found.id, found.generation).hex())

    return router


def _own(service: Service, job_id: str, by: Caller) -> RegisteredJob:
    found = service.desk.show(job_id)
    if by.actor.role != "admin" and not by.actor.is_called(found.operator):
        raise NotAllowed(f"job {job_id!r} is run by {found.operator!r}; {by.actor.name} cannot have this")
    return found


def _decided(job: RegisteredJob) -> dict[str, Any]:
    waiting = job.waiting.number if job.waiting else None
    return {"id": job.id, "state": str(job.state), "version": job.current.number, "waiting": waiting}
