"""/accumulation: what an operator's targeted jobs add up to, and a reviewer's signature that lets them go on."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from facegate.api.auth import Caller, needs
from facegate.api.models import AccountShown, Asked, Signature, Signed, Standings
from facegate.api.openapi import body_refusals, refusals
from facegate.api.service import Service
from facegate.state import accumulation, standing

Operator = Annotated[str, Path(min_length=1, max_length=2_000)]
Reader = Annotated[Caller, Depends(needs("accumulation:read"))]
Signer = Annotated[Caller, Depends(needs("accumulation:sign"))]


class StandingsQuery(Asked):
    after: Annotated[str, Field(max_length=2_000, description="go on behind this operator")] = ""
    limit: Annotated[int, Field(ge=1, le=500, strict=False)] = standing.PAGE


def routes(service: Service) -> APIRouter:
    router = APIRouter(tags=["accumulation"])
    database, thresholds = service.database, service.config.accumulation.thresholds

    @router.get("/accumulation", operation_id="list_accumulation", responses=refusals())
    def list_accumulation(by: Reader, query: Annotated[StandingsQuery, Query()]) -> Standings:
        """By operator. Operators look at GET /accumulation/{operator} for their own."""
        by.check_sees_all()
        page = standing.list_operators(database, thresholds, after=query.after, limit=query.limit)
        return Standings.model_validate({"operators": [it.as_json() for it in page.standings], "next": page.next})

    @router.get("/accumulation/{operator}", operation_id="show_accumulation", responses=refusals(404))
    def show_accumulation(operator: Operator, by: Reader) -> AccountShown:
        """`elsewhere`, whom others look for too, is for reviewers and admins."""
        by.check_sees(operator, "what was asked for")
        shown = standing.account_of(database, operator, thresholds).as_json()
        return AccountShown.model_validate(shown | ({} if by.actor.role != "operator" else {"elsewhere": []}))

    @router.post("/accumulation/{operator}/sign", operation_id="sign_accumulation", responses=body_refusals(404, 409))
    def sign_accumulation(operator: Operator, by: Signer, body: Signature) -> Signed:
        """Let the operator's releases go on. Nobody signs for their own jobs."""
        totals = accumulation.sign(database, service.ledger, operator, by.actor, body.reason, thresholds)
        return Signed.model_validate({"operator": operator, "signed": totals.as_json()})

    return router
