"""Who was added, and what they may. For admins; one's own account has a page of its own."""

from facegate_addons.domain.model import utc_now
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from facegate.console.navigation import Entry
from facegate.console.site import Site, Visitor
from facegate.errors import ConfigError, Conflict
from facegate.state import apitokens, users

NAV = Entry("Users", "/users", 70, ("admin",))


def routes(site: Site) -> list[BaseRoute]:
    def listed(request: Request, status: int = 200, problem: str = "", name: str = "") -> Response:
        people = users.list_users(site.database)
        open_ = {user.name: site.sessions.count(user.name) for user in people}
        return site.render(
            request, "users.html", status, people=people, sessions=open_, roles=users.ROLES, problem=problem, name=name
        )

    def show(request: Request) -> Response:
        site.needs(request, "admin")
        return listed(request)

    def add(request: Request) -> Response:
        visitor = site.needs(request, "admin")
        name, role, password = site.field(request, "name", 100), site.field(request, "role", 20), ""
        try:
            password = users.generate_password()
            users.add(site.database, site.ledger, name, role, password, visitor.actor)
        except (ConfigError, Conflict) as error:
            return listed(request, 422, str(error), name)
        return _once(site, request, name, password)

    def one(request: Request) -> Response:
        site.needs(request, "admin")
        user = _user(site, request)
        tokens = apitokens.list_tokens(site.database, user.name)
        return site.render(
            request,
            "user.html",
            user=user,
            roles=users.ROLES,
            tokens=tokens,
            today=utc_now(),
            sessions=site.sessions.count(user.name),
        )

    def role(request: Request) -> Response:
        visitor, user = _other(site, request)
        wanted = site.field(request, "role", 20)
        if wanted != user.role:
            users.set_role(site.database, site.ledger, user.name, wanted, visitor.actor)
        return _back(site, request, user, f"{user.name} is {wanted}.")

    def password(request: Request) -> Response:
        visitor, user = _other(site, request)
        fresh = users.generate_password()
        users.set_password(site.database, site.ledger, user.name, fresh, visitor.actor)
        site.sessions.end_all(user.name)
        return _once(site, request, user.name, fresh)

    def log_out(request: Request) -> Response:
        visitor, user = _other(site, request)
        site.sessions.end_all(user.name)
        site.ledger.append({"event": "console-left", "user": user.name, "by": visitor.name, "all": True})
        return _back(site, request, user, f"{user.name} is logged out everywhere.")

    def remove(request: Request) -> Response:
        visitor, user = _other(site, request)
        if site.field(request, "again", 100).casefold() != user.name.casefold():
            raise HTTPException(422, f"to remove {user.name}, type their name into the field; nothing was changed")
        users.remove(site.database, site.ledger, user.name, visitor.actor)
        site.sessions.end_all(user.name)
        return site.redirect(request, "/users", f"{user.name} is removed, and their tokens with them.")

    def revoke(request: Request) -> Response:
        visitor = site.needs(request, "admin")
        user, token = _user(site, request), site.field(request, "token", 100)
        if all(it.id != token for it in apitokens.list_tokens(site.database, user.name)):
            raise HTTPException(404, f"{user.name} has no such token; it may be revoked already")
        apitokens.revoke(site.database, site.ledger, token, visitor.actor)
        return _back(site, request, user, f"The token {token} is revoked.")

    posts = {"role": role, "password": password, "log-out": log_out, "remove": remove, "tokens": revoke}
    return [
        Route("/users", show),
        Route("/users", add, methods=["POST"]),
        Route("/users/{name}", one),
        *(Route(f"/users/{{name}}/{verb}", done, methods=["POST"]) for verb, done in posts.items()),
    ]


def _user(site: Site, request: Request) -> users.User:
    name = request.path_params["name"]
    user = next((it for it in users.list_users(site.database) if it.name == name), None)
    if user is None:
        raise HTTPException(404, "nobody of this name was added")
    return user


def _other(site: Site, request: Request) -> tuple[Visitor, users.User]:
    """Not oneself: an admin who removes or demotes themselves by a slip has nobody left to ask."""
    visitor, user = site.needs(request, "admin"), _user(site, request)
    if user.name == visitor.name:
        raise HTTPException(403, "this is your own account; another admin, or the command line, can do that")
    return visitor, user


def _back(site: Site, request: Request, user: users.User, message: str) -> Response:
    return site.redirect(request, f"/users/{user.name}", message)


def _once(site: Site, request: Request, name: str, password: str) -> Response:
    """No redirect: what is shown once is kept nowhere."""
    return site.render(request, "password.html", name=name, password=password)
