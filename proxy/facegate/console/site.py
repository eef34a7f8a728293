"""What every page works on: who asks, what they sent, how a page is shown, where they go next."""

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jinja2
from facegate_addons.domain.model import utc_now
from starlette.background import BackgroundTask
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from facegate.config import Config
from facegate.console.access import Door
from facegate.console.assets import asset
from facegate.console.gateways import gateways, observing
from facegate.console.navigation import Entry, menu
from facegate.console.sessions import Session, Sessions
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import REVIEWERS, Actor
from facegate.jobs.record import operator_key
from facegate.ledger.chained import ChainedLedger
from facegate.state.database import Database
from facegate.state.home import Home

_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("facegate.console"),
    autoescape=True,  # hosts, jobs and URLs come from strangers
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.globals["asset"] = asset


@dataclass(frozen=True, slots=True)
class Visitor:
    name: str
    role: str
    session: Session

    @property
    def reviews(self) -> bool:
        return self.role in REVIEWERS

    @property
    def actor(self) -> Actor:
        """Who decides, as desk, users and vault ask for it."""
        return Actor(self.name, self.role, "console")

    def sees(self, operator: str) -> bool:
        """Operators see their own jobs; whom others search for is no business of theirs."""
        return self.role != "operator" or operator_key(operator) == operator_key(self.name)


@dataclass(eq=False)
class Site:
    config: Config
    home: Home
    database: Database
    ledger: ChainedLedger
    desk: Desk
    sessions: Sessions
    door: Door
    entries: tuple[Entry, ...] = ()
    closing: list[Callable[[], Awaitable[None]]] = field(default_factory=list)  # called in the loop, at the end
    overrides: Mapping[str, Any] = field(default_factory=dict)  # what the command line says, as config.load takes it

    def visitor(self, request: Request) -> Visitor:
        """Who asks; the guard sent everybody else to the log-in page."""
        session: Session | None = getattr(request.state, "session", None)
        if session is None:
            raise HTTPException(401, "log in first")
        return Visitor(session.user, session.role, session)

    def needs(self, request: Request, *roles: str) -> Visitor:
        """The same, for a page that is only for some."""
        visitor = self.visitor(request)
        if visitor.role not in roles:
            raise HTTPException(403, f"{visitor.name} is {visitor.role}; this is for {' or '.join(roles)}")
        return visitor

    def address(self, request: Request) -> str:
        """Where they ask from, for the brake and the ledger."""
        return request.client.host if request.client else ""

    def form(self, request: Request) -> FormData:
        """What was sent: bounded and read by the guard, which has checked that it came from our own page."""
        form: FormData = request.state.form
        return form

    def field(self, request: Request, name: str, longest: int = 2_000) -> str:
        """One field's text, trimmed; "" when it is not there."""
        value = self.form(request).get(name, "")
        return _bounded("" if isinstance(value, UploadFile) else value, name, longest)

    def query(self, request: Request, name: str, longest: int = 2_000) -> str:
        """The same of the address."""
        return _bounded(request.query_params.get(name, ""), name, longest)

    def number(self, request: Request, name: str, most: int = 1 << 62, least: int = 1) -> int | None:
        """A whole number of the address; None when it is not there."""
        text = self.query(request, name, 20)
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise HTTPException(400, f"{name} has to be a whole number from {least} to {most}")
        return int(text)

    def render(
        self,
        request: Request,
        template: str,
        status: int = 200,
        headers: dict[str, str] | None = None,
        background: BackgroundTask | None = None,
        **facts: Any,
    ) -> Response:
        """A page in the layout, with what the layout shows. Blocks for a moment: it reads the gateways' status."""
        session: Session | None = getattr(request.state, "session", None)
        visitor = Visitor(session.user, session.role, session) if session is not None else None
        path = request.scope["path"]
        shared: dict[str, Any] = {
            "visitor": visitor,
            "csrf": session.csrf if session is not None else "",
            "messages": self.sessions.told(session) if session is not None else [],
            "menu": menu(self.entries, visitor.role) if visitor else [],
            "path": path,
            "observes": observing(gateways(self.home.run, time.time())),
            "now": utc_now(),
        }
        html = _TEMPLATES.get_template(template).render(shared | facts)
        return HTMLResponse(html, status, headers, background=background)

    def redirect(self, request: Request, to: str, message: str = "") -> Response:
        """After a POST: on to `to`, one of our own paths, where `message` is shown once."""
        if message:
            self.tell(request, message)
        return RedirectResponse(own_path(to), 303)

    def tell(self, request: Request, message: str) -> None:
        self.sessions.tell(self.visitor(request).session, message)


def own_path(text: str, otherwise: str = "/") -> str:
    """`text` if it can lead to our own pages only. `//host` and `/\\host` are other sites to a browser."""
    fine = text.startswith("/") and not text.startswith("//") and "\\" not in text and text.isprintable()
    return text if fine and len(text) <= 4_000 else otherwise


def menu_entries(modules: Iterable[object]) -> tuple[Entry, ...]:
    return tuple(entry for module in modules if isinstance(entry := getattr(module, "NAV", None), Entry))


def _bounded(text: str, name: str, longest: int) -> str:
    text = text.strip()
    if len(text) > longest:
        raise HTTPException(400, f"{name} may have at most {longest} characters")
    return text
