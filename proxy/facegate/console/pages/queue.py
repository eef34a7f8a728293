"""The queue: withheld bodies as a grid, blurred, to be decided one by one by keyboard, or many at once."""

from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from facegate.console.decisions import DECISIONS, FACELESS, REASONS, Outcome, attempt, take_back
from facegate.console.filters import ANY, ORDERS, asked_for
from facegate.console.moments import ago
from facegate.console.navigation import Entry
from facegate.console.review import review_of, wants_json
from facegate.console.site import Site, own_path
from facegate.jobs.lifecycle import REVIEWERS
from facegate.quarantine.lifecycle import STATES
from facegate.quarantine.search import search

NAV = Entry("Queue", "/queue", 20, REVIEWERS, live="queue.open")
PAGE = 50  # cards on a page
BULK = 200  # records decided at once: each is a transaction of its own


def routes(site: Site) -> list[BaseRoute]:
    review = review_of(site)

    def show(request: Request) -> Response:
        site.needs(request, *REVIEWERS)
        asked = asked_for(site, request)
        limit = site.number(request, "limit", 200) or PAGE
        found = search(site.database, asked.filter, asked.sort, limit, site.query(request, "after"))
        ahead, behind = (
            f"/queue?{urlencode(asked.query | {'after': key})}" if key else None for key in (found.next, found.previous)
        )
        return site.render(
            request,
            "queue.html",
            found=found,
            ahead=ahead,
            behind=behind,
            asked=asked,
            sorts=ORDERS,
            states=(*STATES, ANY),
            reasons=REASONS,
            faceless=FACELESS,
            ago=ago,
            decisions=DECISIONS,
            most=BULK,
            here=str(request.url.path) + (f"?{request.url.query}" if request.url.query else ""),
        )

    def bulk(request: Request) -> Response:
        """Each record by itself: what cannot be decided is told, and the others are decided all the same."""
        visitor = site.needs(request, *REVIEWERS)
        ids = list(dict.fromkeys(str(it) for it in site.form(request).getlist("id")))
        if not ids:
            raise HTTPException(400, "choose some records first")
        if len(ids) > BULK:
            raise HTTPException(400, f"at most {BULK} records are decided at once; choose fewer")
        what, why = site.field(request, "decision", 40), site.field(request, "reason")
        if what not in DECISIONS:
            raise HTTPException(400, f"decision has to be one of {', '.join(DECISIONS)}")
        if not why:
            raise HTTPException(422, "say why: it stands in the history of each of them")
        outcomes = [attempt(review, visitor, it, what, why) for it in ids]
        review.undo.remember(visitor.session, [it.decided for it in outcomes if it.decided and what != "note"])
        back = own_path(site.field(request, "back"), "/queue")
        if wants_json(request):
            return JSONResponse({"done": [_told(it) for it in outcomes]})
        done, failed = [it for it in outcomes if not it.problem], [it for it in outcomes if it.problem]
        if not failed:
            return site.redirect(request, back, f"{_records(len(done))}: {DECISIONS[what]}.")
        return site.render(request, "bulk.html", status=207, done=done, failed=failed, what=DECISIONS[what], back=back)

    def undo(request: Request) -> Response:
        visitor = site.needs(request, *REVIEWERS)
        outcomes = take_back(review, visitor)
        failed = [it for it in outcomes if it.problem]
        if wants_json(request):
            if failed:
                raise HTTPException(409, failed[0].problem)
            return JSONResponse({"done": [_told(it) for it in outcomes]})
        message = failed[0].problem if failed else f"{_records(len(outcomes))} open again."
        return site.redirect(request, own_path(site.field(request, "back"), "/queue"), message)

    return [
        Route("/queue", show),
        Route("/queue/bulk", bulk, methods=["POST"]),
        Route("/queue/undo", undo, methods=["POST"]),
    ]


def _told(outcome: Outcome) -> dict[str, str]:
    return {"id": outcome.id, "state": outcome.decided.state if outcome.decided else "", "problem": outcome.problem}


def _records(count: int) -> str:
    return f"{count} record{'' if count == 1 else 's'}"
