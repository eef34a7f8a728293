"""The console's pages: health and metrics for machines, and a plain list of the quarantine, without a pixel of it."""

import contextlib
import logging
import time
from collections.abc import AsyncIterator

import jinja2
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from facegate.api.app import create_api, mounted
from facegate.config import Config
from facegate.console.access import Door, Refused, Visitor
from facegate.console.accumulation import accumulation_routes
from facegate.console.gateways import gateways, observing
from facegate.console.headers import STRICT, StrictHeaders
from facegate.console.health import not_ready
from facegate.console.metrics import CONTENT_TYPE, exposition
from facegate.errors import FacegateError
from facegate.state import records
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.ledger import ChainedLedger

logger = logging.getLogger(__name__)

PAGE = 50  # records on a page: about two screens
LEDGER_WAIT = 5.0  # seconds for a predecessor that is draining to give its ledger back

_REALM = 'Basic realm="facegate console", charset="UTF-8"'
_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("facegate.console"),
    autoescape=True,  # hosts, jobs and URLs come from strangers
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def create_app(config: Config) -> Starlette:
    """Raises FacegateError when the home cannot be used. Its lifespan closes what this opened."""
    home = Home.prepare(config)
    database = Database.open(home.database)
    try:
        ledger = ChainedLedger(home.ledger, "console", wait=LEDGER_WAIT)
    except FacegateError:
        database.close()
        raise
    door = Door(database, ledger)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        ledger.close()
        database.close()

    def render(template: str, **facts: object) -> Response:
        """Every page, and on each of them, by base.html, that nothing is withheld while this is so."""
        observes = observing(gateways(home.run, time.time()))
        return HTMLResponse(_TEMPLATES.get_template(template).render(observing=observes, **facts))

    # Plain functions: Starlette runs them in threads, where reading the database and hashing may block.
    def healthz(_request: Request) -> Response:
        return JSONResponse({"alive": True})

    def readyz(_request: Request) -> Response:
        why = not_ready(home, database, ledger)
        return JSONResponse({"ready": not why, "why": why}, 503 if why else 200)

    def listing(request: Request) -> Response:
        visitor = _admit(door, request)
        page = _page(database, request)
        return render("quarantine.html", visitor=visitor, page=page, older=_older(request, page))

    def listing_json(request: Request) -> Response:
        _admit(door, request)
        page = _page(database, request)
        return JSONResponse({"records": page.records, "next": page.next})

    def metrics(_request: Request) -> Response:
        return Response(exposition(gateways(home.run, time.time())), headers={"Content-Type": CONTENT_TYPE})

    def style(_request: Request) -> Response:
        return Response(_TEMPLATES.get_template("style.css").render(), media_type="text/css")

    return Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            Route("/", listing),
            Route("/quarantine.json", listing_json),
            Route("/style.css", style),
            *accumulation_routes(
                database, config.accumulation.thresholds, lambda request: _admit(door, request), render
            ),
            mounted(create_api(config, home, database, ledger, door.brake)),
        ],
        middleware=[Middleware(StrictHeaders)],
        exception_handlers={FacegateError: _unavailable, Exception: _broken},
        lifespan=lifespan,
    )


def _admit(door: Door, request: Request) -> Visitor:
    address = request.client.host if request.client else ""
    outcome = door.enter(request.headers.get("authorization"), address)
    match outcome:
        case Visitor():
            return outcome
        case Refused(None):
            raise HTTPException(401, "log in with a name that `facegate user add` added", {"WWW-Authenticate": _REALM})
        case Refused(seconds):
            raise HTTPException(429, "too many wrong passwords", {"Retry-After": str(seconds)})


def _page(database: Database, request: Request) -> records.Page:
    query = request.query_params
    state = query.get("state") or None
    if state is not None and state not in records.STATES:
        raise HTTPException(400, f"state has to be one of {', '.join(records.STATES)}")
    before = _number(query.get("before"), "before", 1 << 62)
    limit = _number(query.get("limit"), "limit", 500) or PAGE
    return records.list_records(database, job=query.get("job") or None, state=state, limit=limit, before=before)


def _number(text: str | None, name: str, most: int) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and 1 <= int(text) <= most):
        raise HTTPException(400, f"{name} has to be a whole number from 1 to {most}")
    return int(text)


def _older(request: Request, page: records.Page) -> str | None:
    if page.next is None:
        return None
    return "?" + request.url.include_query_params(before=page.next).query


def _unavailable(_request: Request, error: Exception) -> Response:
    """What failed names paths of the home: that is for the log."""
    logger.error("%s", error)
    return PlainTextResponse("the console cannot read its state; its log says why\n", 503)


def _broken(_request: Request, _error: Exception) -> Response:
    """Made outside of the middleware, so it brings the headers itself. The traceback goes to our own log only."""
    return PlainTextResponse("the console failed; its log says why\n", 500, STRICT)
