"""/releases and /corrections: what lets withheld bodies through, once to one job or from now on to all."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from facegate.api.openapi import body_refusals, refusals
from facegate.api.recordmodels import (
    AskedRelease,
    CorrectionPage,
    CorrectionsQuery,
    Noted,
    RecordDecided,
    ReleasePage,
    ReleaseShown,
    ReleasesQuery,
    RevokedCorrection,
)
from facegate.api.records import DECIDED, Decider, IfMatch, Reader, RecordId, matching
from facegate.api.service import Service
from facegate.quarantine import reading
from facegate.quarantine.desk import RecordsDesk
from facegate.quarantine.entries import Release

ReleaseId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
CorrectionId = Annotated[int, Path(ge=1, le=1 << 53)]


def routes(service: Service) -> APIRouter:
    router = APIRouter(tags=["releases"])
    database, desk = (
        service.database,
        RecordsDesk(service.database, service.ledger, service.config.accumulation.thresholds),
    )

    @router.post("/records/{id}/release", operation_id="release_record", responses=DECIDED)
    def release_record(id: RecordId, by: Decider, body: AskedRelease, if_match: IfMatch = None) -> ReleaseShown:
        """Granted at once inside an approved targeted scope; else it waits for a second person."""
        with matching(if_match) as seen:
            told = {"job": body.job, "expected_state": body.expected_state}
            return _shown(desk.ask_release(id, by.actor, body.reason, seen=seen, **told))

    @router.get("/releases", operation_id="list_releases", responses=refusals())
    def list_releases(by: Reader, query: Annotated[ReleasesQuery, Query()]) -> ReleasePage:
        """The first one asked for first."""
        found, on = reading.releases(database, state=query.state, job=query.job, size=query.limit, after=query.after)
        return ReleasePage.model_validate({"releases": [it.as_json() for it in found], "next": on})

    @router.post("/releases/{id}/second", operation_id="second_release", responses=body_refusals(404, 409))
    def second_release(id: ReleaseId, by: Decider, body: Noted) -> ReleaseShown:
        """Stand behind a release that waits: not who asked for it, nor who runs the job."""
        return _shown(desk.second_release(id, by.actor, body.note))

    @router.post("/releases/{id}/withdraw", operation_id="withdraw_release", responses=body_refusals(404, 409))
    def withdraw_release(id: ReleaseId, by: Decider, body: Noted) -> ReleaseShown:
        """Before it is delivered."""
        return _shown(desk.withdraw_release(id, by.actor, body.note))

    @router.get("/corrections", operation_id="list_corrections", responses=refusals())
    def list_corrections(by: Reader, query: Annotated[CorrectionsQuery, Query()]) -> CorrectionPage:
        """The newest first."""
        found = reading.corrections(database, in_force=query.in_force, size=query.limit, before=query.before)
        return CorrectionPage.model_validate({"corrections": [it.as_json() for it in found.rows], "next": found.next})

    @router.post("/corrections/{seq}/revoke", operation_id="revoke_correction", responses=body_refusals(404, 409))
    def revoke_correction(seq: CorrectionId, by: Decider, body: RevokedCorrection) -> RecordDecided:
        """The body is withheld again. Running gateways follow within a second."""
        return RecordDecided.model_validate(desk.revoke_correction(seq, by.actor, body.reason), from_attributes=True)

    return router


def _shown(release: Release) -> ReleaseShown:
    return ReleaseShown.model_validate(release.as_json())
