"""One record: what is known of it, what happened to it, and what may be done with it. No pixel without a reason."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from facegate.console.decisions import FACELESS, REASONS, decide
from facegate.console.headers import SANDBOXED
from facegate.console.moments import ago
from facegate.console.recorded import facts_of
from facegate.console.reveals import SECONDS
from facegate.console.review import review_of, wants_json
from facegate.console.site import Site, own_path
from facegate.errors import Conflict
from facegate.jobs.lifecycle import REVIEWERS

FINDINGS = 200  # that are listed; a film may have thousands
_DONE = {"confirm": "Confirmed.", "false-positive": "A false positive: it passes from now on.", "reopen": "Open again."}


def routes(site: Site) -> list[BaseRoute]:
    review = review_of(site)

    def show(request: Request) -> Response:
        visitor = site.needs(request, *REVIEWERS)
        record_id = request.path_params["id"]
        facts = facts_of(site.database, record_id, site.number(request, "before"))
        key = site.query(request, "look", 100)
        reveal = review.reveals.find(visitor.session, record_id, key) if key else None
        shared: dict[str, Any] = {"reasons": REASONS, "faceless": FACELESS, "most": FINDINGS}
        shared |= {"seconds": SECONDS, "ago": ago}
        return site.render(request, "record.html", facts=facts, reveal=reveal, **shared)

    def decided(request: Request) -> Response:
        """Confirm, false positive or reopen. With `expected`, only while it still is what was looked at."""
        visitor = site.needs(request, *REVIEWERS)
        record_id, what = request.path_params["id"], site.field(request, "decision", 40)
        if what not in _DONE:
            raise HTTPException(400, f"decision has to be one of {', '.join(_DONE)}")
        expected = site.field(request, "expected", 40) or None
        done = decide(review, visitor, record_id, what, site.field(request, "reason"), expected)
        if what != "reopen":
            review.undo.remember(visitor.session, [done])
        if wants_json(request):
            return JSONResponse({"id": record_id, "state": done.state})
        return site.redirect(request, _back(site, request, record_id), _DONE[what])

    def noted(request: Request) -> Response:
        visitor = site.needs(request, *REVIEWERS)
        record_id = request.path_params["id"]
        review.desk.note(record_id, visitor.actor, site.field(request, "text"))
        if wants_json(request):
            return JSONResponse({"id": record_id})
        return site.redirect(request, _back(site, request, record_id), "Noted.")

    def released(request: Request) -> Response:
        visitor = site.needs(request, *REVIEWERS)
        record_id, why = request.path_params["id"], site.field(request, "why")
        job, expected = site.field(request, "job", 300) or None, site.field(request, "expected", 40) or None
        asked = review.desk.ask_release(record_id, visitor.actor, why, job=job, expected_state=expected)
        review.undo.remember(visitor.session, [asked])
        waits = asked.state == "waiting"
        said = f"It waits for a second person to release it to {asked.job}." if waits else f"Released to {asked.job}."
        if wants_json(request):
            state = (expected or "open") if waits else "released"
            return JSONResponse({"id": record_id, "state": state, "release": asked.state, "said": said})
        return site.redirect(request, _back(site, request, record_id), said)

    def on_release(request: Request) -> Response:
        """Second it, or withdraw it."""
        visitor = site.needs(request, *REVIEWERS)
        record_id, release, why = request.path_params["id"], request.path_params["release"], site.field(request, "why")
        match site.field(request, "do", 20):
            case "second":
                done = review.desk.second_release(release, visitor.actor, why)
            case "withdraw":
                done = review.desk.withdraw_release(release, visitor.actor, why)
            case _:
                raise HTTPException(400, "second it or withdraw it")
        return site.redirect(request, f"/records/{record_id}", f"The release to {done.job} is {done.state}.")

    def revoked(request: Request) -> Response:
        visitor = site.needs(request, *REVIEWERS)
        review.desk.revoke_correction(request.path_params["correction"], visitor.actor, site.field(request, "why"))
        return site.redirect(request, f"/records/{request.path_params['id']}", "The body is withheld again.")

    def export(request: Request) -> Response:
        """The bytes as they came, as a file that no browser opens."""
        visitor = site.needs(request, *REVIEWERS)
        record_id = request.path_params["id"]
        if review.readable(record_id) is None:
            raise Conflict(f"record {record_id} has no bytes: they are destroyed, or were never kept")
        body = review.desk.export(review.vault, record_id, visitor.actor, site.field(request, "why"))
        headers = {"Content-Disposition": f'attachment; filename="facegate-{record_id}.bin"', **SANDBOXED}
        return Response(body, media_type="application/octet-stream", headers=headers)

    one = "/records/{id:str}"
    return [
        Route(one, show),
        Route(one + "/decide", decided, methods=["POST"]),
        Route(one + "/note", noted, methods=["POST"]),
        Route(one + "/release", released, methods=["POST"]),
        Route(one + "/releases/{release:str}", on_release, methods=["POST"]),
        Route(one + "/corrections/{correction:int}", revoked, methods=["POST"]),
        Route(one + "/export", export, methods=["POST"]),
    ]


def _back(site: Site, request: Request, record_id: str) -> str:
    return own_path(site.field(request, "back"), f"/records/{record_id}")
