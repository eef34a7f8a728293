"""All jobs, or those that somebody looks for. Operators see their own."""

from urllib.parse import urlencode

from facegate_addons.domain.job import JobState, Kind
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from facegate.console.navigation import Entry
from facegate.console.site import Site, Visitor
from facegate.state.joblist import SOON, Only, Wanted, find_jobs

NAV = Entry("Jobs", "/jobs", 30, live="jobs.waiting")
ONLY = (
    (Only.ALL, "all"),
    (Only.WAITING, "waits for an approval"),
    (Only.ENDING, f"ends within {SOON.days} days"),
    (Only.SPENT, "a budget is nearly spent"),
)


def routes(site: Site) -> list[BaseRoute]:
    def show(request: Request) -> Response:
        visitor = site.visitor(request)
        wanted = _wanted(site, request, visitor)
        after = site.query(request, "after", 200)
        try:
            page = find_jobs(site.database, wanted, after=after)
        except ValueError:
            raise HTTPException(400, "there is no such page of this list; begin at its first") from None
        asked = {
            "only": str(wanted.only),
            "state": str(wanted.state or ""),
            "kind": str(wanted.kind or ""),
            "operator": wanted.operator or "",
            "begins": wanted.begins,
        }
        kept = {name: value for name, value in asked.items() if value}
        older = "?" + urlencode(kept | {"after": page.next}) if page.next else None
        choices = {
            "only": [(str(only), text) for only, text in ONLY],
            "state": [("", "any"), *map(str, JobState)],
            "kind": [("", "any"), *map(str, Kind)],
        }
        return site.render(
            request, "jobs.html", page=page, asked=asked, narrowed=bool(kept), choices=choices, older=older, after=after
        )

    return [Route("/jobs", show)]


def _wanted(site: Site, request: Request, visitor: Visitor) -> Wanted:
    try:
        only = Only(site.query(request, "only"))
        state = JobState(text) if (text := site.query(request, "state")) else None
        kind = Kind(text) if (text := site.query(request, "kind")) else None
    except ValueError:
        raise HTTPException(400, "no list of jobs goes by this; choose among what the page offers") from None
    operator = site.query(request, "operator") or None
    if visitor.role == "operator":
        if operator is not None and not visitor.sees(operator):
            raise HTTPException(
                403,
                f"what was asked for is run by another operator; {visitor.name} is operator and sees their own",
            )
        operator = visitor.name
    return Wanted(only, state, kind, operator, site.query(request, "begins", 64))
