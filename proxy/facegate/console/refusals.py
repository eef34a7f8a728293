"""What goes wrong, as a page in the layout: one line that says what to do. No paths, no traceback."""

import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from facegate.console.headers import HSTS, STRICT
from facegate.console.site import Site
from facegate.errors import (
    Altered,
    ConfigError,
    Conflict,
    FacegateError,
    InvalidJob,
    NotAllowed,
    NotFound,
    Uncertain,
)

logger = logging.getLogger(__name__)

UNREAD = "the console cannot read its state; its log says why"
FAILED = "the console failed; its log says why"
_STATUS: tuple[tuple[type[FacegateError], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (Conflict, 409),
    (ConfigError, 422),
    (Altered, 409),
)
_TITLES = {
    400: "That cannot be read",
    401: "Log in first",
    403: "Not for you",
    404: "There is nothing here",
    405: "Not that way",
    409: "It changed meanwhile",
    413: "Too much at once",
    422: "Something in it may not be",
    429: "Too many tries",
    500: "The console failed",
    503: "The state does not answer",
}


def refusing(site: Site) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def refuse(request: Request, error: Exception) -> Response:
        status, detail, headers = described(error)
        return await run_in_threadpool(_answer, site, request, status, detail, headers)

    return refuse


def described(error: Exception) -> tuple[int, str, dict[str, str]]:
    """Status, line and headers."""
    if isinstance(error, HTTPException):
        known = {404: "there is no such page", 405: "this page takes no such method"}
        plain = error.detail == HTTPStatus(error.status_code).phrase
        detail = known.get(error.status_code, error.detail) if plain else error.detail
        return error.status_code, detail, dict(error.headers or {})
    if isinstance(error, InvalidJob):
        return 422, "; ".join(map(str, error.problems)), {}
    if isinstance(error, FacegateError):
        status = next((status for kind, status in _STATUS if isinstance(error, kind)), 503)
        if status != 503:
            return status, str(error), {}
        logger.error("%s", error)  # names paths of the home: for the log only
        again = "; it may be done or not: look before you try again" if isinstance(error, Uncertain) else ""
        return 503, UNREAD + again, {"Retry-After": "5"}
    return 500, FAILED, {}


def broken(site: Site) -> Callable[[Request, Exception], Response]:
    """Made outside of the middleware, so it brings the headers itself. The traceback goes to our own log only."""

    def answer(request: Request, error: Exception) -> Response:
        response = _answer(site, request, *described(error))
        response.headers.update(STRICT | (HSTS if site.config.console.tls else {}))
        return response

    return answer


def _answer(site: Site, request: Request, status: int, detail: str, headers: dict[str, str]) -> Response:
    if "text/html" not in request.headers.get("accept", "text/html") and "*/*" not in request.headers.get("accept", ""):
        return JSONResponse({"status": status, "detail": detail}, status, headers)
    title = _TITLES.get(status, HTTPStatus(status).phrase)
    try:
        return site.render(request, "refused.html", status, headers, title=title, code=status, detail=detail)
    except Exception:
        logger.exception("the page of a refusal cannot be made")
        return PlainTextResponse(f"{detail}\n", status, headers)
