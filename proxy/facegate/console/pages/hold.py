"""A record's legal hold, put and lifted for a reason; its forms stand on the record's page."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from facegate.console.jobview import reason
from facegate.console.site import Site
from facegate.errors import ConfigError
from facegate.jobs.lifecycle import REVIEWERS
from facegate.quarantine import holds


def routes(site: Site) -> list[BaseRoute]:
    def put(request: Request) -> Response:
        visitor, why = site.needs(request, *REVIEWERS), _why(site, request)
        record_id = request.path_params["id"]
        holds.hold(site.database, site.ledger, record_id, user=visitor.name, reason=why)
        return site.redirect(request, f"/records/{record_id}#hold-title", "Held: it stays until the hold is lifted.")

    def lift(request: Request) -> Response:
        visitor, why = site.needs(request, *REVIEWERS), _why(site, request)
        record_id = request.path_params["id"]
        over = holds.unhold(site.database, site.ledger, record_id, user=visitor.name, reason=why)
        told = "Held no longer." + (" Its time is over: the next purge takes it." if over else "")
        return site.redirect(request, f"/records/{record_id}#hold-title", told)

    return [
        Route("/records/{id:str}/hold", put, methods=["POST"]),
        Route("/records/{id:str}/unhold", lift, methods=["POST"]),
    ]


def _why(site: Site, request: Request) -> str:
    why = reason(site, request)
    if not why:
        raise ConfigError("write a reason of at least 3 characters: it stands in the ledger")
    return why
