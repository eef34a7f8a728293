"""What is let through by people: releases that wait for a second person or for their job, and corrections in force."""

from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from facegate.console.navigation import Entry
from facegate.console.site import Site
from facegate.jobs.lifecycle import REVIEWERS
from facegate.quarantine.reading import RELEASE_STATES, corrections, releases

NAV = Entry("Releases", "/releases", 25, REVIEWERS, live="queue.releases")
PAGE = 50


def routes(site: Site) -> list[BaseRoute]:
    def show(request: Request) -> Response:
        site.needs(request, *REVIEWERS)
        state = site.query(request, "state") or "waiting"
        if state not in (*RELEASE_STATES, "any"):
            raise HTTPException(400, f"state has to be any, or one of {', '.join(RELEASE_STATES)}")
        job, after = site.query(request, "job") or None, site.query(request, "after")
        asked = None if state == "any" else state
        found, following = releases(site.database, state=asked, job=job, size=PAGE, after=after)
        query = {name: value for name, value in (("state", state), ("job", job)) if value}
        return site.render(
            request,
            "releases.html",
            found=found,
            states=[*RELEASE_STATES, "any"],
            state=state,
            job=job or "",
            ahead=f"/releases?{urlencode(query | {'after': following})}" if following else None,
        )

    def corrected(request: Request) -> Response:
        site.needs(request, *REVIEWERS)
        page = corrections(site.database, in_force=True, size=PAGE, before=site.number(request, "before"))
        return site.render(request, "corrections.html", page=page)

    return [Route("/releases", show), Route("/corrections", corrected)]
