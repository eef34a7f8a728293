"""Reports: of a job or of all, for a time; page, facts and signature in one archive to take away."""

import hashlib
import io
import threading
import zipfile

from facegate_addons.domain.model import utc_now
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from facegate.console.navigation import Entry
from facegate.console.site import Site, Visitor
from facegate.errors import Conflict, FacegateError
from facegate.jobs.lifecycle import REVIEWERS
from facegate.ledger.signing import signing_key
from facegate.moments import parse_moment, stamp
from facegate.reports import bundle
from facegate.reports.facts import Sources, report_facts
from facegate.reports.lines import Asked
from facegate.reports.page import render

NAV = Entry("Reports", "/reports", 60, REVIEWERS)
_FIELDS = ("job", "since", "until")


def routes(site: Site) -> list[BaseRoute]:
    making = threading.Lock()  # each reads the whole ledger twice

    def show(request: Request) -> Response:
        site.needs(request, *REVIEWERS)
        return _page(site, request, {name: site.query(request, name, 200) for name in _FIELDS})

    def make(request: Request) -> Response:
        visitor = site.needs(request, *REVIEWERS)
        said = {name: site.field(request, name, 200) for name in _FIELDS}
        try:
            asked = _asked(said)
            if not making.acquire(blocking=False):
                raise Conflict("a report is being made already; wait for it")
            try:
                made = _made(site, visitor, asked)
            finally:
                making.release()
        except (FacegateError, ValueError) as error:
            return _page(site, request, said, str(error))
        name = f"facegate-report-{utc_now():%Y%m%dT%H%M%SZ}"
        headers = {"Content-Disposition": f'attachment; filename="{name}.zip"'}
        return Response(_archive(name, made), media_type="application/zip", headers=headers)

    return [Route("/reports", show), Route("/reports", make, methods=["POST"])]


def _page(site: Site, request: Request, said: dict[str, str], problem: str = "") -> Response:
    rate = site.config.sample.rate
    return site.render(request, "report.html", 409 if problem else 200, said=said, problem=problem, rate=rate)


def _asked(said: dict[str, str]) -> Asked:
    """Raises ValueError."""
    now = utc_now()
    since, until = (parse_moment(said[name], now) if said[name] else None for name in ("since", "until"))
    if since is not None and until is not None and since >= until:
        raise ValueError("since has to be before until")
    return Asked(said["job"] or None, since, until)


def _made(site: Site, visitor: Visitor, asked: Asked) -> bundle.Bundle:
    """That it was made is in the ledger before it is handed out."""
    facts = report_facts(Sources(site.config, site.home, site.database), asked)
    made = bundle.make(render(facts), facts, signing_key(site.home, site.config.ledger.key))
    bounds = {name: stamp(at) for name, at in (("since", asked.since), ("until", asked.until)) if at is not None}
    site.ledger.append_now(
        {"event": "report-made", "job": asked.job or "", **bounds, "sha256": hashlib.sha256(made.json).hexdigest()}
        | {"by": visitor.name, "via": "console", "role": visitor.role}
    )
    return made


def _archive(name: str, made: bundle.Bundle) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for ending, data in (("html", made.html), ("json", made.json), ("json.sig", made.signature)):
            archive.writestr(f"{name}.{ending}", data)
    return out.getvalue()
