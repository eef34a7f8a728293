"""One job: what it may do, what became of it, what it has spent; and any two of its versions side by side."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from facegate.console.jobview import seen, shown
from facegate.console.site import Site
from facegate.jobs.comparison import compared
from facegate.jobs.record import RegisteredJob, Version


def routes(site: Site) -> list[BaseRoute]:
    def show(request: Request) -> Response:
        visitor, found = seen(site, request)
        return site.render(request, "job.html", problem="", **shown(site, visitor, found))

    def compare(request: Request) -> Response:
        _, found = seen(site, request)
        new = _version(found, site.number(request, "new") or found.versions[-1].number)
        number = site.number(request, "old")
        old = _version(found, number) if number else None
        comparison = compared(old.job if old else None, new.job)
        return site.render(request, "compare.html", job=found, old=old, new=new, comparison=comparison)

    return [Route("/jobs/{id}", show), Route("/jobs/{id}/compare", compare)]


def _version(found: RegisteredJob, number: int) -> Version:
    version = next((each for each in found.versions if each.number == number), None)
    if version is None:
        raise HTTPException(404, f"job {found.id!r} has no version {number}; it has {len(found.versions)}")
    return version
