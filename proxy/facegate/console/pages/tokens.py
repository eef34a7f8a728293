"""Tokens of the API: made for oneself, or by an admin for anybody; shown once, listed, revoked."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from types import MappingProxyType

from facegate_addons.domain.model import utc_now
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from facegate.console.navigation import Entry
from facegate.console.presence import doubted, secret
from facegate.console.site import Site, Visitor
from facegate.state import apitokens, users

NAV = Entry("API tokens", "/tokens", 75)
LASTS = (("1", "a day"), ("7", "a week"), ("30", "30 days"), ("90", "90 days"), ("365", "a year"))
USUAL = "90"  # days, as on the command line
_DAYS = frozenset(days for days, _ in LASTS)
_NOTHING: Mapping[str, str] = MappingProxyType({})


def routes(site: Site) -> list[BaseRoute]:
    def page(
        request: Request,
        whose: str,
        status: int = 200,
        problems: Mapping[str, str] = _NOTHING,
        chosen: Collection[str] = (),
        days: str = USUAL,
    ) -> Response:
        """`whose`: "" for everybody's, which only an admin sees; one is made for oneself then."""
        visitor = site.visitor(request)
        user = _user(site, whose or visitor.name)
        return site.render(
            request, "tokens.html", status,
            tokens=apitokens.list_tokens(site.database, whose or None), whose=whose, user=user,
            people=[it.name for it in users.list_users(site.database)] if visitor.role == "admin" else [],
            scopes=apitokens.OF_ROLE[user.role], lasts=LASTS, days=days, chosen=chosen, problems=problems,
            today=utc_now(),
        )  # fmt: skip

    def show(request: Request) -> Response:
        visitor = site.visitor(request)
        return page(request, _whose(visitor, site.query(request, "user", 100), "" if _all(visitor) else visitor.name))

    def make(request: Request) -> Response:
        visitor = site.visitor(request)
        whose, days = _whose(visitor, site.field(request, "user", 100), visitor.name), site.field(request, "days", 10)
        user, scopes = _user(site, whose), [str(it) for it in site.form(request).getlist("scope")]
        problems = dict[str, str]()
        if not scopes or set(scopes) - set(apitokens.OF_ROLE[user.role]):
            problems["scope"] = f"choose at least one thing, of those that a {user.role} may do"
        if days not in _DAYS:
            problems["days"] = "choose how long it lasts"
        if problems:
            return page(request, whose, 422, problems, scopes, days)
        if doubt := doubted(site, request, secret(site, request, "present")):
            return page(request, whose, doubt.status, {"present": doubt.told}, scopes, days)
        lasts = timedelta(days=int(days))
        token, text = apitokens.make(site.database, site.ledger, user.name, scopes, lasts, visitor.actor)
        # no redirect: what is shown once is kept nowhere
        return site.render(request, "tokens-made.html", token=token, text=text, here=str(request.base_url))

    def revoke(request: Request) -> Response:
        visitor, token_id = site.visitor(request), site.field(request, "token", 100)
        token = next((it for it in apitokens.list_tokens(site.database) if it.id == token_id), None)
        if token is None or not (_all(visitor) or token.user == visitor.name):
            raise HTTPException(404, "there is no such token of yours; it may be revoked already")
        apitokens.revoke(site.database, site.ledger, token_id, visitor.actor)
        return site.redirect(request, "/tokens", f"The token {token_id} of {token.user} is revoked.")

    return [
        Route("/tokens", show),
        Route("/tokens", make, methods=["POST"]),
        Route("/tokens/revoke", revoke, methods=["POST"]),
    ]


def _all(visitor: Visitor) -> bool:
    return visitor.role == "admin"


def _whose(visitor: Visitor, asked: str, otherwise: str) -> str:
    if asked not in ("", visitor.name) and not _all(visitor):
        raise HTTPException(403, f"{visitor.name} is {visitor.role}; the tokens of others are for an admin")
    return asked or otherwise


def _user(site: Site, name: str) -> users.User:
    user = next((it for it in users.list_users(site.database) if it.name == name), None)
    if user is None:
        raise HTTPException(404, "nobody of this name was added")
    return user
