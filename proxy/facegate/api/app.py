"""The API as one application, to be mounted under PREFIX."""

import functools
import re
from importlib import metadata
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Mount

from facegate.api import accumulation, decisions, jobs, problems, records, releases, users
from facegate.api.auth import Bearer, InsufficientScope, insufficient
from facegate.api.bounds import Bounded
from facegate.api.openapi import completed
from facegate.api.service import Service
from facegate.config import Config
from facegate.console.brake import Brake
from facegate.errors import FacegateError
from facegate.jobs.desk import Desk
from facegate.ledger.chained import ChainedLedger
from facegate.state.database import Database
from facegate.state.home import Home

PREFIX = "/api/v1"


def create_api(config: Config, home: Home, database: Database, ledger: ChainedLedger, brake: Brake) -> FastAPI:
    service = Service(config, home, database, ledger, Desk(database, ledger, config.accumulation.thresholds))
    app = FastAPI(
        title="facegate",
        version=metadata.version("facegate"),
        summary="Register crawl jobs, decide on them, and say who may.",
        servers=[{"url": PREFIX}],
        root_path_in_servers=False,
        docs_url=None,  # they would load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        exception_handlers=_handlers(),
    )
    app.add_middleware(Bounded)
    app.add_middleware(Bearer, database=database, ledger=ledger, brake=brake)  # the outer one: it comes first
    parts = (jobs, decisions, users, accumulation, records, releases)
    routers = [part.routes(service) for part in parts]
    for router in routers:
        app.include_router(router)
    app.state.routes = [route for router in routers for route in router.routes]
    plain = app.openapi
    # not before somebody asks: it takes longer than all the rest of the start
    app.openapi = functools.cache(lambda: completed(plain()))  # type: ignore[method-assign]
    return app


def mounted(api: FastAPI) -> Mount:
    """Under PREFIX, whatever stands behind it: a line break in a path is no reason for another's 404."""
    mount = Mount(PREFIX, api)
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount


def _handlers() -> dict[Any, Any]:
    return {
        InsufficientScope: lambda request, error: insufficient(request.scope, error),
        FacegateError: lambda request, error: problems.of_error(request.scope, error),
        RequestValidationError: lambda request, error: problems.invalid(request.scope, error),
        HTTPException: _refused,
        Exception: _broken,
    }


def _refused(request: Request, error: HTTPException) -> Response:
    answer = problems.refused(request, error)
    if error.status_code == 405:  # the framework names the methods of one route; a path may have several
        answer.headers["Allow"] = ", ".join(sorted(_methods(request)))
    return answer


def _methods(request: Request) -> set[str]:
    routes: list[Any] = request.app.state.routes
    return {
        method
        for route in routes
        if route.matches(request.scope)[0] is not Match.NONE
        for method in getattr(route, "methods", None) or ()
    }


def _broken(request: Request, _error: Exception) -> Response:
    """The traceback goes to our own log only."""
    return problems.broken(request.scope)
