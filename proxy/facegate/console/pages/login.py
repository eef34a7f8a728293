"""Log in, and out."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from facegate.console.access import Refused
from facegate.console.cookies import drop_cookie, set_cookie
from facegate.console.site import Site, own_path

LONGEST_PASSWORD = 1_000


def routes(site: Site) -> list[BaseRoute]:
    secure = site.config.console.tls

    def show(request: Request) -> Response:
        onward = own_path(request.query_params.get("next", ""))
        if request.state.session is not None:
            return RedirectResponse(onward, 303)
        return site.render(request, "login.html", onward=onward, problem="", name="")

    def enter(request: Request) -> Response:
        name, onward = site.field(request, "name", 100), own_path(site.field(request, "next", 4_000))
        password = site.form(request).get("password")
        if not isinstance(password, str) or len(password) > LONGEST_PASSWORD:
            raise HTTPException(400, f"a password has at most {LONGEST_PASSWORD} characters")
        outcome = site.door.enter(name, password, site.address(request))
        if isinstance(outcome, Refused):
            wait = outcome.retry_after
            status, headers = (403, {}) if wait is None else (429, {"Retry-After": str(wait)})
            problem = "That is not a name and its password." if wait is None else _patience(wait)
            return site.render(request, "login.html", status, headers, onward=onward, problem=problem, name=name)
        if request.state.session is not None:
            site.sessions.end(request.state.session)
        text, _session = site.sessions.open(outcome.name, outcome.role, outcome.seal)
        answer = RedirectResponse(onward, 303)
        set_cookie(answer.headers, text, secure=secure)
        return answer

    def leave(request: Request) -> Response:
        visitor = site.visitor(request)
        site.sessions.end(visitor.session)
        site.ledger.append({"event": "console-left", "user": visitor.name, "from": site.address(request)})
        answer = RedirectResponse("/login", 303)
        drop_cookie(answer.headers, secure=secure)
        # not "cookies": that would drop those of all the other sites of our domain
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
        return answer

    return [
        Route("/login", show),
        Route("/login", enter, methods=["POST"]),
        Route("/logout", leave, methods=["POST"]),
    ]


def _patience(seconds: int) -> str:
    minutes = (seconds + 59) // 60
    return f"Too many tries. Wait {minutes} minute{'s' if minutes > 1 else ''}, then try again."
