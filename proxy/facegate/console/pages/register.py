"""A job is registered, or another version of it: checked first, if somebody likes, with every problem at its field."""

from collections.abc import Callable
from typing import Any

from facegate_addons.domain.model import utc_now
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from facegate.console.jobform.asked import SECTIONS
from facegate.console.jobform.typed import Filled, read_form, typed_of
from facegate.console.jobview import proxy_url, seen
from facegate.console.site import Site, Visitor
from facegate.errors import Conflict, NotAllowed
from facegate.jobs.desk import Change
from facegate.jobs.planned import planned
from facegate.jobs.record import RegisteredJob

_OF_THE_PAGE = ("csrf", "do", "seen")
_DO = ("check", "draft", "register")

Check = Callable[[RegisteredJob | None], None]


def routes(site: Site) -> list[BaseRoute]:
    def new(request: Request) -> Response:
        """`?like=ID`: with what that job says."""
        visitor = _may_register(site, request)
        typed = {"operator": visitor.name} if visitor.role == "operator" else {}
        if like := site.query(request, "like", 64):
            found = site.desk.show(like)
            if not visitor.sees(found.operator):
                raise NotAllowed(
                    f"job {like!r} is run by another operator; {visitor.name} is operator and sees their own"
                )
            typed = {key: text for key, text in typed_of(found.job).items() if key != "id"}
        return _form(site, request, Filled(typed))

    def register(request: Request) -> Response:
        _may_register(site, request)

        def check(before: RegisteredJob | None) -> None:
            if before is not None:
                raise Conflict(f"job {before.id!r} is registered already; open it to change it")

        return _answer(site, request, None, check)

    def change(request: Request) -> Response:
        _, found = seen(site, request)
        _may_register(site, request)
        latest = found.waiting or found.current
        return _form(site, request, Filled(typed_of(latest.job)), found, seen=latest.fingerprint)

    def changed(request: Request) -> Response:
        _, found = seen(site, request)
        _may_register(site, request)
        looked_at = site.field(request, "seen", 64)

        def check(before: RegisteredJob | None) -> None:
            latest = (before.waiting or before.current) if before is not None else None
            if latest is None or latest.fingerprint != looked_at:
                raise Conflict(f"job {found.id!r} was changed since this form was opened; look again")

        return _answer(site, request, found, check)

    return [
        Route("/register", new),
        Route("/register", register, methods=["POST"]),
        Route("/jobs/{id}/change", change),
        Route("/jobs/{id}/change", changed, methods=["POST"]),
    ]


def _may_register(site: Site, request: Request) -> Visitor:
    visitor = site.visitor(request)
    if visitor.role == "reviewer":
        raise NotAllowed(f"{visitor.name} is reviewer; jobs are registered by operators and admins")
    return visitor


def _answer(site: Site, request: Request, found: RegisteredJob | None, check: Check) -> Response:
    visitor, do = site.visitor(request), site.field(request, "do", 20)
    if do not in _DO:
        raise HTTPException(400, "the form does not say what to do; load the page anew")
    sent = [(name, text) for name, text in site.form(request).multi_items() if name not in _OF_THE_PAGE]
    pairs = [(name, text if isinstance(text, str) else "") for name, text in sent]
    if found is not None:
        pairs = [("id", found.id), *((name, text) for name, text in pairs if name != "id")]
    looked_at = site.field(request, "seen", 64)
    filled = read_form(pairs, site.config.job_rules, utc_now())
    if filled.job is None:
        return _form(site, request, filled, found, seen=looked_at, status=422)
    draft = do == "draft"
    try:
        if do == "check":
            plan = planned(site.database, filled.job, visitor.actor, check=check)
            return _form(site, request, filled, found, seen=looked_at, plan=plan)
        done = site.desk.register(filled.job, visitor.actor, draft=draft, check=check)
    except (Conflict, NotAllowed) as error:
        status = 403 if isinstance(error, NotAllowed) else 409
        return _form(site, request, filled, found, seen=looked_at, refused=str(error), status=status)
    if done.token is not None:
        at = proxy_url(site.config, done.job.id, done.token, request.url.hostname or "")
        return site.render(request, "token.html", job=done.job, token=done.token, proxy=at, is_new=True)
    said = f"Nothing new: job {done.job.id} says this already."
    if done.change is Change.CHANGED:
        newest = done.job.versions[-1]
        said = f"Registered version {newest.number} of {done.job.id}: it is {newest.state}."
    return site.redirect(request, f"/jobs/{done.job.id}", said)


def _form(
    site: Site,
    request: Request,
    filled: Filled,
    found: RegisteredJob | None = None,
    *,
    seen: str = "",
    refused: str = "",
    plan: Any = None,
    status: int = 200,
) -> Response:
    return site.render(
        request,
        "register.html",
        status,
        sections=SECTIONS,
        filled=filled,
        job=found,
        seen=seen,
        refused=refused,
        plan=plan,
        rules=site.config.job_rules,
    )
