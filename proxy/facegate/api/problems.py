"""Every refusal as a problem document (RFC 9457): which field, and what to write instead. No paths, no traceback."""

import json
import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from facegate.errors import (
    Altered,
    ConfigError,
    Conflict,
    FacegateError,
    HomeError,
    InvalidJob,
    NotAllowed,
    NotFound,
    Problem,
    StateError,
    Uncertain,
)

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = 5  # seconds

# name -> status and title. The name is the end of the problem's type.
KINDS: Final[Mapping[str, tuple[int, str]]] = {
    "malformed": (400, "The request cannot be read"),
    "unauthorized": (401, "A bearer token is needed"),
    "not-allowed": (403, "Not for this person"),
    "insufficient-scope": (403, "The token, or its user's role, does not reach as far"),
    "not-found": (404, "There is no such thing"),
    "method-not-allowed": (405, "Not with this method"),
    "conflict": (409, "It is no longer, or not yet, as this needs it"),
    "altered": (409, "The row was altered outside facegate"),
    "precondition-failed": (412, "It is not what was looked at"),
    "too-large": (413, "The body is too large"),
    "unsupported-media-type": (415, "Bodies are JSON"),
    "invalid": (422, "Something in the request may not be"),
    "too-many-guesses": (429, "Too many wrong tokens or passwords"),
    "failed": (500, "The console failed"),
    "unavailable": (503, "The state does not answer"),
}

# The first that fits says what an error of facegate comes to.
_OF_ERRORS: Final[tuple[tuple[type[FacegateError], str], ...]] = (
    (NotFound, "not-found"),
    (NotAllowed, "not-allowed"),
    (Conflict, "conflict"),
    (ConfigError, "invalid"),
    (Altered, "altered"),
    (StateError, "unavailable"),
    (HomeError, "unavailable"),
)
_OF_STATUS: Final = {400: "malformed", 404: "not-found", 405: "method-not-allowed"}


class PreconditionFailed(FacegateError):
    """If-Match or If-None-Match does not hold."""


def problem(
    scope: Scope,
    name: str,
    detail: str,
    *,
    errors: Sequence[Problem] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    status, title = KINDS[name]
    facts: dict[str, Any] = {
        "type": f"urn:facegate:problem:{name}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": quote(scope["path"], safe="/:@!$&'()*+,;=~"),
    }
    if errors:
        facts["errors"] = [{"field": it.field, "detail": it.text} for it in errors]
    # ASCII: what was sent may hold halves of characters
    return Response(json.dumps(facts), status, headers, MEDIA_TYPE)


def of_error(scope: Scope, error: FacegateError) -> Response:
    """What an error of the layers below comes to."""
    if isinstance(error, InvalidJob):
        return problem(scope, "invalid", "the job may not be as it is; see errors", errors=error.problems)
    if isinstance(error, PreconditionFailed):
        return problem(scope, "precondition-failed", str(error))
    name = next((name for kind, name in _OF_ERRORS if isinstance(error, kind)), "failed")
    if name not in ("unavailable", "failed"):
        return problem(scope, name, str(error))
    logger.error("%s", error)  # names paths of the home: for the log only
    if name == "failed":
        return broken(scope)
    again = "; it may be done or not: look before asking again" if isinstance(error, Uncertain) else "; ask again"
    headers = {"Retry-After": str(RETRY_AFTER)}
    return problem(scope, name, f"the state does not answer, the console's log says why{again}", headers=headers)


def broken(scope: Scope) -> Response:
    return problem(scope, "failed", "the console failed; its log says why")


def invalid(scope: Scope, error: RequestValidationError) -> Response:
    """What was sent is never repeated: it may be a password."""
    found = error.errors()
    if any(it["type"] == "json_invalid" for it in found):
        return problem(scope, "malformed", "the body is no JSON")
    errors = [Problem(_field(it["loc"]), _text(it)) for it in found]
    return problem(scope, "invalid", "something in the request may not be; see errors", errors=errors)


def refused(request: Request, error: HTTPException) -> Response:
    """What the framework itself refuses."""
    if error.status_code in _OF_STATUS:
        return problem(request.scope, _OF_STATUS[error.status_code], _WORDS[error.status_code], headers=error.headers)
    detail = HTTPStatus(error.status_code).phrase
    return problem(request.scope, "failed" if error.status_code >= 500 else "malformed", detail)


_WORDS: Final = {
    400: "the body cannot be read",
    404: "there is no such path; /api/v1/openapi.json lists them",
    405: "this path does not take this method; see the header Allow",
}


def _field(where: Sequence[Any]) -> str:
    """Dotted; a body's fields by their names alone, others with the place they stand in."""
    place, *names = map(str, where)
    return ".".join(names) if place in ("body", "path", "query", "header") and names else place


def _text(error: Mapping[str, Any]) -> str:
    match error["type"]:
        case "missing":
            return "is missing; write it"
        case "extra_forbidden":
            return "is no known key; remove it"
        case "string_pattern_mismatch":
            return f"has to look like {error['ctx']['pattern']}"
        case _:
            text: str = error["msg"]
            return text[:1].lower() + text[1:]
