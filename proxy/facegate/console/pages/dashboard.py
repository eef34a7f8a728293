"""The first page: how things stand, and what waits for somebody. Operators see what is theirs."""

from typing import Any

from facegate_addons.domain.model import utc_now
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from facegate.console import overview
from facegate.console.charts import columns, shares
from facegate.console.navigation import Entry
from facegate.console.site import Site
from facegate.state.joblist import Only, count_waiting

NAV = Entry("Dashboard", "/", 10)
LAYERS = (("passed", "good"), ("redacted", "info"), ("withheld", "bad"), ("refused", "warn"))  # of a column, from below


def routes(site: Site) -> list[BaseRoute]:
    def show(request: Request) -> Response:
        visitor = site.visitor(request)
        operator = None if visitor.reviews else visitor.name
        jobs = {only: overview.jobs_of(site.database, only, operator) for only in (Only.ENDING, Only.SPENT)}
        facts: dict[str, Any] = {
            "parts_of_it": overview.parts(site),
            "ending": jobs[Only.ENDING],
            "spent": jobs[Only.SPENT],
            "waiting": overview.jobs_of(site.database, Only.WAITING, operator),
        }
        return site.render(request, "dashboard.html", **facts, **(_reviewed(site) if visitor.reviews else {}))

    return [Route("/", show)]


def _reviewed(site: Site) -> dict[str, Any]:
    """What only they see who see everything."""
    traffic = overview.traffic(site.database, utc_now())
    data = {
        hour[11:]: [(tone, f"{hour[11:]}:00: {sums[name]} {name}", sums[name]) for name, tone in LAYERS]
        for hour, sums in traffic.hours.items()
    }
    return {
        "today": traffic.today,
        "hours": traffic.hours,
        "chart": columns(data, every=3),
        "layers": LAYERS,
        "reasons": shares(traffic.reasons),
        "open_records": overview.open_records(site.database),
        "approvals": count_waiting(site.database),
        "releases": overview.waiting_releases(site.database),
        "stopped": overview.stopped(site),
    }
