"""One's own account: a new password, an end to one's other sessions, one's tokens of the API."""

from facegate_addons.domain.model import utc_now
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from facegate.console.cookies import cookie_name, set_cookie
from facegate.console.presence import doubted, secret
from facegate.console.site import Site
from facegate.errors import ConfigError
from facegate.state import apitokens, users


def routes(site: Site) -> list[BaseRoute]:
    secure = site.config.console.tls

    def page(request: Request, status: int = 200, problems: dict[str, str] | None = None) -> Response:
        visitor = site.visitor(request)
        return site.render(
            request,
            "account.html",
            status,
            problems=problems or {},
            tokens=apitokens.list_tokens(site.database, visitor.name),
            sessions=site.sessions.count(visitor.name),
            shortest=users.SHORTEST_PASSWORD,
            today=utc_now(),
        )

    def show(request: Request) -> Response:
        return page(request)

    def password(request: Request) -> Response:
        visitor, session = site.visitor(request), site.visitor(request).session
        present, new, again = (secret(site, request, name) for name in ("present", "new", "again"))
        if new != again:
            return page(request, 422, {"again": "is not the same; type it once more"})
        if doubt := doubted(site, request, present):
            return page(request, doubt.status, {"present": doubt.told})
        try:
            users.set_password(site.database, site.ledger, visitor.name, new, visitor.actor)
        except ConfigError as error:
            return page(request, 422, {"new": str(error)})
        after = users.account(site.database, visitor.name)
        if after is not None:
            session.seal = after.seal
        site.sessions.end_all(visitor.name, but=session)
        answer = site.redirect(request, "/account", "Your password is changed. Your other sessions have ended.")
        fresh = site.sessions.rotate(request.cookies.get(cookie_name(secure=secure), ""), now=True)
        if fresh is not None:
            set_cookie(answer.headers, fresh, secure=secure)
        return answer

    def others(request: Request) -> Response:
        visitor = site.visitor(request)
        site.sessions.end_all(visitor.name, but=visitor.session)
        site.ledger.append({"event": "console-left", "user": visitor.name, "from": site.address(request), "all": True})
        return site.redirect(request, "/account", "Your other sessions have ended.")

    def revoke(request: Request) -> Response:
        visitor, token = site.visitor(request), site.field(request, "token", 100)
        if all(it.id != token for it in apitokens.list_tokens(site.database, visitor.name)):
            raise HTTPException(404, "you have no such token; it may be revoked already")
        apitokens.revoke(site.database, site.ledger, token, visitor.actor)
        return site.redirect(request, "/account", f"The token {token} is revoked.")

    return [
        Route("/account", show),
        Route("/account/password", password, methods=["POST"]),
        Route("/account/sessions", others, methods=["POST"]),
        Route("/account/tokens", revoke, methods=["POST"]),
    ]
