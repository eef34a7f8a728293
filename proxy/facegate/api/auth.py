"""Who asks: a bearer token (RFC 6750), before anything of the request is read. Never a password: a browser sends those
by itself."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from facegate_addons.domain.model import utc_now
from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from facegate.api.problems import of_error, problem
from facegate.console.brake import Brake
from facegate.errors import FacegateError, NotAllowed, StateError
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.state import apitokens
from facegate.state.apitokens import ApiToken
from facegate.state.database import Database
from facegate.state.jobs import operator_key

PUBLIC = ("/openapi.json",)
_REALM = 'Bearer realm="facegate"'


@dataclass(frozen=True, slots=True)
class Caller:
    token: ApiToken

    @property
    def actor(self) -> Actor:
        return Actor(self.token.user, self.token.role, "api")

    def sees(self, operator: str) -> bool:
        """Operators see their own jobs; whom others search for is no business of theirs."""
        return self.token.role != "operator" or operator_key(operator) == operator_key(self.token.user)

    def check_sees(self, operator: str, what: str) -> None:
        if not self.sees(operator):
            raise NotAllowed(f"{what} is run by another operator; {self.token.user} is operator and sees their own")

    def check_sees_all(self) -> None:
        if self.token.role == "operator":
            raise NotAllowed(f"{self.token.user} is operator; ask for your own: GET /accumulation/{self.token.user}")


class Bearer:
    """Refuses what has no good token. A good one passes whatever others at its address guessed: 256 random bits are
    not found by guessing, so the brake only keeps the noise small."""

    def __init__(self, app: ASGIApp, database: Database, ledger: ChainedLedger, brake: Brake) -> None:
        self._app = app
        self._database = database
        self._ledger = ledger
        self._brake = brake

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].removeprefix(scope.get("root_path", "")) in PUBLIC:
            await self._app(scope, receive, send)
            return
        admitted = await run_in_threadpool(self._admitted, scope)
        if isinstance(admitted, Response):
            await admitted(scope, receive, send)
            return
        scope.setdefault("state", {})["caller"] = admitted
        await self._app(scope, receive, send)

    def _admitted(self, scope: Scope) -> Caller | Response:
        scheme, _, text = Headers(scope=scope).get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not text.strip():
            detail = "send Authorization: Bearer TOKEN; `facegate user token` makes one"
            return problem(scope, "unauthorized", detail, headers={"WWW-Authenticate": _REALM})
        try:
            now = utc_now()
            token = apitokens.find(self._database, text.strip(), now)
        except FacegateError as error:
            return of_error(scope, error)
        if token is None:
            return self._refused(scope)
        with contextlib.suppress(StateError):  # it does not hold up who only reads; who writes is told
            apitokens.note_use(self._database, token, now)
        return Caller(token)

    def _refused(self, scope: Scope) -> Response:
        address = scope["client"][0] if scope.get("client") else ""
        wait = self._brake.wait(address)
        if wait is not None:
            headers = {"Retry-After": str(wait)}
            return problem(scope, "too-many-guesses", f"wait {wait} seconds, or send a good token", headers=headers)
        self._brake.failed(address)
        self._ledger.append({"event": "api-refused", "from": address})
        told = f'{_REALM}, error="invalid_token", error_description="unknown, expired or revoked"'
        detail = "the token is unknown, expired or revoked; `facegate user token` makes another"
        return problem(scope, "unauthorized", detail, headers={"WWW-Authenticate": told})


class InsufficientScope(NotAllowed):
    def __init__(self, token: ApiToken, scopes: tuple[str, ...]) -> None:
        self.scopes = scopes
        lacks = "its user is " + token.role if set(scopes) & set(token.scopes) else "the token was made without it"
        super().__init__(f"this takes {' or '.join(scopes)}, and {lacks}")


def insufficient(scope: Scope, error: InsufficientScope) -> Response:
    told = f'{_REALM}, error="insufficient_scope", scope="{" ".join(error.scopes)}"'
    return problem(scope, "insufficient-scope", str(error), headers={"WWW-Authenticate": told})


# Refuses nobody, that was done before: it stands in the OpenAPI document.
_documented = HTTPBearer(scheme_name="token", description="Made by `facegate user token`.", auto_error=False)


def caller(request: Request, _documented: Annotated[Any, Depends(_documented)]) -> Caller:
    found: Caller = request.state.caller
    return found


def needs(*scopes: str) -> Callable[..., Caller]:
    """A dependency: the caller, whose token has one of `scopes` and whose role may."""

    def check(by: Annotated[Caller, Depends(caller)]) -> Caller:
        if not any(by.token.may(scope) for scope in scopes):
            raise InsufficientScope(by.token, scopes)
        return by

    return check
