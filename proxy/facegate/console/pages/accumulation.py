"""What each operator's targeted jobs add up to. For reviewers and admins."""

from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from facegate.console.navigation import Entry
from facegate.console.site import Site
from facegate.errors import NotFound
from facegate.jobs.lifecycle import REVIEWERS
from facegate.state import accumulation
from facegate.state.standing import account_of, list_operators
from facegate.thresholds import COUNTED

NAV = Entry("Accumulation", "/accumulation", 40, REVIEWERS)
LONGEST = 1_000  # characters of an operator's name that is asked for


def routes(site: Site) -> list[BaseRoute]:
    thresholds = site.config.accumulation.thresholds

    def show(request: Request) -> Response:
        """`?operator=` for what one operator's totals are made of."""
        site.needs(request, *REVIEWERS)
        operator, after = (site.query(request, name, LONGEST) for name in ("operator", "after"))
        facts: dict[str, Any] = {"thresholds": thresholds, "counted": COUNTED}
        if not operator:
            page = list_operators(site.database, thresholds, after=after)
            return site.render(
                request, "accumulation.html", **facts, account=None, standings=page.standings, next=page.next
            )
        try:
            account = account_of(site.database, operator, thresholds)
        except NotFound:
            raise HTTPException(404, "no targeted job of this operator was ever approved") from None
        return site.render(
            request, "accumulation.html", **facts, account=account, standings=[account.standing], next=None
        )

    def sign(request: Request) -> Response:
        visitor = site.needs(request, *REVIEWERS)
        operator, reason = site.field(request, "operator", LONGEST), site.field(request, "reason")
        accumulation.sign(site.database, site.ledger, operator, visitor.actor, reason, thresholds)
        onward = f"/accumulation?{urlencode({'operator': operator})}"
        return site.redirect(request, onward, f"Signed: the releases of {operator} go on.")

    return [Route("/accumulation", show), Route("/accumulation/sign", sign, methods=["POST"])]
