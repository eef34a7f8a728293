"""What people decide about a job: approve or reject what waits, side by side with what is in force, submit, withdraw,
revoke; and a new token. The desk refuses; the pages say so beforehand."""

from datetime import timedelta

from facegate_addons.domain.model import utc_now
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from facegate.console.jobview import number, proxy_url, reason, seen, shown
from facegate.console.site import Site, Visitor
from facegate.errors import Altered, Conflict, FacegateError, NotAllowed
from facegate.jobs.comparison import compared
from facegate.jobs.may import may
from facegate.jobs.questionnaire import assess
from facegate.jobs.record import RegisteredJob
from facegate.state.standing import standing_of
from facegate.thresholds import COUNTED

NO_REASON = "write a reason of at least 3 characters: it stands in the ledger"
OVERLAPS = (("0", "at once"), ("3600", "in an hour"), ("86400", "in a day"), ("604800", "in 7 days"))


def routes(site: Site) -> list[BaseRoute]:
    thresholds = site.config.accumulation.thresholds

    def side_by_side(request: Request) -> Response:
        visitor, found = seen(site, request)
        return _deciding(site, request, visitor, found)

    def approve(request: Request) -> Response:
        visitor, found = seen(site, request)
        version, fingerprint = number(site.field(request, "version", 20), "version"), _fingerprint(site, request)
        try:
            done = site.desk.approve(
                found.id, visitor.actor, version=version, seen=fingerprint, why=site.field(request, "reason")
            )
        except (Conflict, NotAllowed) as error:
            return _deciding(site, request, visitor, site.desk.show(found.id), error)
        said = f"Approved version {version} of {found.id}."
        if done.over:
            passed = ", ".join(
                f"{name} {value:,} of {getattr(thresholds, name):,}" for name, value in done.over.items()
            )
            said += f" What {found.operator}'s jobs add up to passes a threshold now ({passed}): their releases are"
            said += " stopped until a reviewer signs for them under Accumulation."
        return site.redirect(request, f"/jobs/{found.id}", said)

    def reject(request: Request) -> Response:
        visitor, found = seen(site, request)
        version, why = number(site.field(request, "version", 20), "version"), reason(site, request)
        try:
            if not why:
                raise Conflict(NO_REASON)
            looked_at = next((it for it in found.versions if it.number == version), None)
            if looked_at is not None and looked_at.fingerprint != _fingerprint(site, request):
                raise Conflict(f"job {found.id!r}: version {version} is not what was looked at; look again")
            site.desk.reject(found.id, visitor.actor, why, version=version)
        except (Conflict, NotAllowed) as error:
            return _deciding(site, request, visitor, site.desk.show(found.id), error)
        return site.redirect(request, f"/jobs/{found.id}", f"Rejected version {version} of {found.id}.")

    def submit(request: Request) -> Response:
        visitor, found = seen(site, request)
        version = number(site.field(request, "version", 20), "version")
        try:
            if found.waiting is not None and found.waiting.number != version:
                raise Conflict(
                    f"job {found.id!r}: version {version} does not wait; version {found.waiting.number} does"
                )
            after = site.desk.submit(found.id, visitor.actor)
        except (Conflict, NotAllowed) as error:
            return _again(site, request, visitor, found.id, error)
        waits = "it waits for its approval" if after.waiting else "it is in force"
        return site.redirect(request, f"/jobs/{found.id}", f"Submitted version {version} of {found.id}: {waits}.")

    def withdraw(request: Request) -> Response:
        visitor, found = seen(site, request)
        version = number(site.field(request, "version", 20), "version")
        try:
            site.desk.withdraw(found.id, visitor.actor, version=version)
        except (Conflict, NotAllowed) as error:
            return _again(site, request, visitor, found.id, error)
        return site.redirect(request, f"/jobs/{found.id}", f"Withdrew version {version} of {found.id}.")

    def ask_revoke(request: Request) -> Response:
        visitor, found = _perhaps_altered(site, request)
        return _revoking(site, request, visitor, found)

    def revoke(request: Request) -> Response:
        visitor, found = _perhaps_altered(site, request)
        job_id, why = str(request.path_params["id"]), reason(site, request)
        try:
            if site.field(request, "confirm", 100) != job_id:
                raise Conflict(f"write {job_id} to confirm: nothing was revoked")
            if not why:
                raise Conflict(NO_REASON)
            site.desk.revoke(job_id, visitor.actor, why)
        except (Conflict, NotAllowed) as error:
            return _revoking(site, request, visitor, found, error)
        return site.redirect(request, f"/jobs/{job_id}" if found else "/jobs", f"Revoked {job_id}, for good.")

    def ask_token(request: Request) -> Response:
        visitor, found = seen(site, request)
        return _tokening(site, request, visitor, found)

    def token(request: Request) -> Response:
        visitor, found = seen(site, request)
        overlap = timedelta(seconds=number(site.field(request, "overlap", 20) or "0", "overlap"))
        generation = number(site.field(request, "generation", 20), "generation")
        try:
            made = site.desk.rotate_token(found.id, visitor.actor, overlap, seen=generation)
        except (Conflict, NotAllowed) as error:
            return _tokening(site, request, visitor, site.desk.show(found.id), error)
        at = proxy_url(site.config, found.id, made, request.url.hostname or "")
        job = site.desk.show(found.id)
        return site.render(request, "token.html", job=job, token=made, proxy=at, is_new=False)

    verbs = {"submit": submit, "withdraw": withdraw, "approve": approve, "reject": reject}
    return [
        Route("/jobs/{id}/approve", side_by_side),
        Route("/jobs/{id}/revoke", ask_revoke),
        Route("/jobs/{id}/revoke", revoke, methods=["POST"]),
        Route("/jobs/{id}/token", ask_token),
        Route("/jobs/{id}/token", token, methods=["POST"]),
        *(Route(f"/jobs/{{id}}/{verb}", does, methods=["POST"]) for verb, does in verbs.items()),
    ]


def _status(error: FacegateError | None) -> int:
    return 200 if error is None else 403 if isinstance(error, NotAllowed) else 409


def _fingerprint(site: Site, request: Request) -> str:
    return site.field(request, "fingerprint", 64)


def _deciding(
    site: Site, request: Request, visitor: Visitor, found: RegisteredJob, error: FacegateError | None = None
) -> Response:
    """With what waits by now: what was typed stays."""
    if found.waiting is None:
        if error is not None:
            return _again(site, request, visitor, found.id, error)
        return site.redirect(request, f"/jobs/{found.id}", f"Nothing of {found.id} waits.")
    may_now = may(found, visitor.actor, utc_now())
    return site.render(
        request,
        "decide.html",
        _status(error),
        job=found,
        waiting=found.waiting,
        problem=str(error) if error else "",
        reason=site.field(request, "reason") if request.method == "POST" else "",
        may=may_now,
        comparison=compared(found.in_force.job if found.in_force else None, found.waiting.job),
        assessment=assess(found.waiting.job),
        standing=standing_of(site.database, found.operator, site.config.accumulation.thresholds),
        thresholds=site.config.accumulation.thresholds,
        counted=COUNTED,
    )


def _again(site: Site, request: Request, visitor: Visitor, job_id: str, error: FacegateError) -> Response:
    facts = shown(site, visitor, site.desk.show(job_id))
    return site.render(request, "job.html", _status(error), problem=str(error), **facts)


def _perhaps_altered(site: Site, request: Request) -> tuple[Visitor, RegisteredJob | None]:
    """A job whose row is damaged can be revoked, too: not by an operator, whose it may not be."""
    try:
        return seen(site, request)
    except Altered:
        visitor = site.visitor(request)
        if not visitor.reviews:
            raise
        return visitor, None


def _revoking(
    site: Site, request: Request, visitor: Visitor, found: RegisteredJob | None, error: FacegateError | None = None
) -> Response:
    why_not = may(found, visitor.actor, utc_now())["revoke"] if found is not None else ""
    return site.render(
        request,
        "revoke.html",
        _status(error),
        id=str(request.path_params["id"]),
        job=found,
        why_not=why_not,
        problem=str(error) if error else "",
        reason=site.field(request, "reason") if request.method == "POST" else "",
    )


def _tokening(
    site: Site, request: Request, visitor: Visitor, found: RegisteredJob, error: FacegateError | None = None
) -> Response:
    return site.render(
        request,
        "rotate.html",
        _status(error),
        job=found,
        why_not=may(found, visitor.actor, utc_now())["token"],
        problem=str(error) if error else "",
        overlaps=OVERLAPS,
    )
