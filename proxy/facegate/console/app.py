"""The console as one application: its pages behind the guard, the API, and health and metrics for machines."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from facegate.api.app import create_api, mounted
from facegate.config import Config
from facegate.console import assets, pages
from facegate.console.access import Door
from facegate.console.events import events_route
from facegate.console.guard import Guard
from facegate.console.headers import StrictHeaders
from facegate.console.health import degraded, not_ready
from facegate.console.live import Live
from facegate.console.refusals import broken, refusing
from facegate.console.sessions import Sessions
from facegate.console.site import Site, menu_entries
from facegate.errors import FacegateError
from facegate.jobs.desk import Desk
from facegate.ledger.chained import ChainedLedger
from facegate.metrics.exposition import CONTENT_TYPE, exposition
from facegate.reports.counting import Counting
from facegate.shared.opened import open_state
from facegate.state.database import Database
from facegate.state.home import Home

LEDGER_WAIT = 5.0  # seconds for a predecessor that is draining to give its ledger back


def create_app(config: Config, overrides: Mapping[str, Any] | None = None) -> Starlette:
    """Raises FacegateError when the home cannot be used. Its lifespan closes what this opened. `overrides` are what the
    command line said, beside the file."""
    home = Home.prepare(config)
    database = open_state(home, config.state, follow=True)
    try:
        ledger = ChainedLedger(home.ledger, "console", wait=LEDGER_WAIT, rotation=config.ledger.rotation)
    except FacegateError:
        database.close()
        raise
    idle, longest = config.console.session_times
    sessions = Sessions(idle.total_seconds(), longest.total_seconds())
    door = Door(database, ledger)
    desk = Desk(database, ledger, config.accumulation.thresholds)
    found = pages.modules()
    site = Site(config, home, database, ledger, desk, sessions, door, menu_entries(found), overrides=overrides or {})
    live = Live(site)
    counting = Counting(home.ledger, database)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        counting.start()
        yield
        live.close()
        for close in site.closing:
            await close()
        await run_in_threadpool(counting.stop)
        ledger.close()
        database.close()

    refuse = refusing(site)
    tls = config.console.tls
    app = Starlette(
        routes=[
            *_for_machines(home, database, ledger),
            *assets.routes(),
            events_route(site, live),
            *(route for module in found for route in module.routes(site)),
            mounted(create_api(config, home, database, ledger, door.brake)),
        ],
        middleware=[
            Middleware(StrictHeaders, tls=tls),
            Middleware(Guard, settings=config.console, sessions=sessions, database=database, refuse=refuse),
        ],
        exception_handlers={HTTPException: refuse, FacegateError: refuse, Exception: broken(site)},
        lifespan=lifespan,
    )
    app.state.live = live
    app.router.redirect_slashes = False
    return app


def _for_machines(home: Home, database: Database, ledger: ChainedLedger) -> list[Route]:
    """Without a log-in. Plain functions: Starlette runs them in threads, where reading the database may block."""

    def healthz(_request: Request) -> Response:
        return JSONResponse({"alive": True})

    def readyz(_request: Request) -> Response:
        why = not_ready(home, database, ledger)
        return JSONResponse({"ready": not why, "why": why, "degraded": degraded(home)}, 503 if why else 200)

    def metrics(_request: Request) -> Response:
        return Response(exposition(home.run), headers={"Content-Type": CONTENT_TYPE})

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
