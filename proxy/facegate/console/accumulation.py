"""The console's page of what each operator's targeted jobs add up to. For reviewers and admins."""

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from facegate.console.access import Visitor
from facegate.errors import NotFound
from facegate.jobs.lifecycle import REVIEWERS
from facegate.state.database import Database
from facegate.state.standing import Account, Page, account_of, list_operators
from facegate.thresholds import COUNTED, Thresholds

LONGEST = 1_000  # characters of an operator's name that is asked for


def accumulation_routes(
    database: Database, thresholds: Thresholds, admit: Callable[[Request], Visitor], render: Callable[..., Response]
) -> list[Route]:
    """`/accumulation` and `/accumulation.json`; `?operator=` for what one operator's totals are made of."""

    def page(request: Request) -> Response:
        visitor, found = _asked(request)
        facts = {"visitor": visitor, "thresholds": thresholds, "counted": COUNTED}
        if isinstance(found, Account):
            return render("accumulation.html", **facts, account=found, standings=[found.standing], next=None)
        return render("accumulation.html", **facts, account=None, standings=found.standings, next=found.next)

    def as_json(request: Request) -> Response:
        _, found = _asked(request)
        if isinstance(found, Account):
            return JSONResponse(found.as_json())
        return JSONResponse({"operators": [entry.as_json() for entry in found.standings], "next": found.next})

    def _asked(request: Request) -> tuple[Visitor, Account | Page]:
        visitor = admit(request)
        if visitor.role not in REVIEWERS:
            raise HTTPException(403, f"{visitor.name} is {visitor.role}; this is for reviewers and admins")
        operator, after = (request.query_params.get(name, "") for name in ("operator", "after"))
        if len(operator) > LONGEST or len(after) > LONGEST:
            raise HTTPException(400, "no operator has so long a name")
        if not operator:
            return visitor, list_operators(database, thresholds, after=after)
        try:
            return visitor, account_of(database, operator, thresholds)
        except NotFound:
            raise HTTPException(404, "no targeted job of this operator was ever approved") from None

    return [Route("/accumulation", page), Route("/accumulation.json", as_json)]
