"""A purge by hand: what its time is over for is shown, and destroyed for a reason, after its number was typed."""

from dataclasses import replace
from datetime import datetime

from facegate_addons.domain.model import utc_now
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from facegate.console.jobview import reason
from facegate.console.navigation import Entry
from facegate.console.purging import Run, purging_of
from facegate.console.site import Site
from facegate.jobs.lifecycle import REVIEWERS
from facegate.moments import stamp
from facegate.quarantine.destruction import Due
from facegate.quarantine.expiry import preview

NAV = Entry("Purge", "/purge", 47, REVIEWERS)
PATIENCE = 5.0  # seconds in which most are over; of longer ones the page tells how far they are
JOBS = 100  # that are shown, those with most


def routes(site: Site) -> list[BaseRoute]:
    purging = purging_of(site)

    def page(request: Request, due: Due, status: int = 200, problem: str = "") -> Response:
        plan = preview(site.database, due)
        jobs = list(plan["jobs"].items())
        return site.render(
            request, "purge.html", status,
            plan=plan, jobs=jobs[:JOBS], others=len(jobs[JOBS:]), due=due, at=stamp(due.now), problem=problem,
            why=site.field(request, "reason") if problem else "", last=purging.last,
        )  # fmt: skip

    def show(request: Request) -> Response:
        site.needs(request, *REVIEWERS)
        return page(request, Due(utc_now(), site.query(request, "job", 300) or None))

    def purge(request: Request) -> Response:
        visitor, why = site.needs(request, *REVIEWERS), reason(site, request)
        due = Due(_moment(site.field(request, "at", 100)), site.field(request, "job", 300) or None)
        planned, again = preview(site.database, due)["records"], site.field(request, "again", 20)
        if not why:
            return page(request, due, 422, "write a reason of at least 3 characters: it stands in the ledger")
        if not planned:
            return page(request, replace(due, now=utc_now()), 409, "nothing of it is left to be purged")
        if again != str(planned):
            told = f"{planned} would be destroyed, and that number has to be typed; nothing was. Look, and type it"
            return page(request, due, 422, told)
        purging.start(Run(visitor.name, why, due, planned))
        purging.wait(PATIENCE)
        return site.redirect(request, "/purge")

    return [Route("/purge", show), Route("/purge", purge, methods=["POST"])]


def _moment(text: str) -> datetime:
    """As of when: what was looked at, never what is yet to come."""
    now = utc_now()
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None or at > now:
            raise ValueError
    except ValueError:
        raise HTTPException(422, "load the page again, look at what would go, and purge from there") from None
    return at
