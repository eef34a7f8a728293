"""What stands before every page: the host it was asked by, the session, and that a change comes from our own pages."""

import hmac
import ipaddress
import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import SplitResult, quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from facegate.console.cookies import cookie_name, set_cookie
from facegate.console.sessions import Session, Sessions
from facegate.errors import FacegateError
from facegate.sections import Console
from facegate.state.database import Database
from facegate.state.users import account

MACHINES = ("/healthz", "/readyz", "/metrics", "/robots.txt", "/favicon.ico")  # no cookie counts there
PUBLIC = ("/login",)  # without a session
BODY = 1 << 20  # bytes of a form
FIELDS = 2_000
SAFE = ("GET", "HEAD")
METHODS = (*SAFE, "POST")

Refuse = Callable[[Request, Exception], Awaitable[Response]]


class Guard:
    """Nothing behind it is reached without a session but what is listed above. What it found is in `request.state`:
    `session` and `form`."""

    def __init__(self, app: ASGIApp, settings: Console, sessions: Sessions, database: Database, refuse: Refuse) -> None:
        self._app = app
        self._sessions = sessions
        self._database = database
        self._refuse = refuse
        self._secure = settings.tls
        self._cookie = cookie_name(secure=settings.tls)
        self._names = {name.lower() for name in ("localhost", settings.host, *settings.names)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or path in MACHINES or path.startswith(("/api/", "/static/")):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        fresh: str | None = None
        try:
            self._check_host(request)
            if scope["method"] not in METHODS:
                raise HTTPException(405, "this page takes no such method", {"Allow": ", ".join(METHODS)})
            text = request.cookies.get(self._cookie, "")
            session = await run_in_threadpool(self._session, text, active=path != "/events")
            request.state.session = session
            if scope["method"] not in SAFE:
                check_origin(request)
            if session is None and path not in PUBLIC:
                await self._to_login(request)(scope, receive, send)
                return
            if scope["method"] not in SAFE:
                receive = await self._checked_form(request, None if path in PUBLIC else session)
            elif session is not None and path != "/events":
                fresh = self._sessions.rotate(text)
        except (HTTPException, FacegateError) as error:
            request.state.session = getattr(request.state, "session", None)
            await (await self._refuse(request, error))(scope, receive, send)
            return
        except ClientDisconnect:
            return

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and fresh is not None:
                headers = MutableHeaders(scope=message)
                if not any(it.startswith(f"{self._cookie}=") for it in headers.getlist("set-cookie")):
                    set_cookie(headers, fresh, secure=self._secure)
            await send(message)

        await self._app(scope, receive, send_with_cookie)

    def _check_host(self, request: Request) -> None:
        """A page of strangers whose name leads here (DNS rebinding) asks by that name. An address cannot be rebound."""
        host = _split(f"//{request.headers.get('host', '')}").hostname or "" if _sane(request) else ""
        if host not in self._names and not _is_address(host):
            raise HTTPException(400, "the console does not go by this name; add it to console.names in facegate.toml")

    def _session(self, text: str, *, active: bool) -> Session | None:
        """Blocks. The user's row is read each time: a role, a password or a person that is gone counts at once."""
        session = self._sessions.find(text, active=active) if text else None
        if session is None:
            return None
        user = account(self._database, session.user)
        if user is None or not hmac.compare_digest(user.seal, session.seal):
            self._sessions.end_all(session.user)
            return None
        return session

    def _to_login(self, request: Request) -> Response:
        if request.method not in SAFE or "text/html" not in request.headers.get("accept", "text/html"):
            raise HTTPException(401, "log in again: the session ended", {"WWW-Authenticate": "Session"})
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse("/login" if asked == "/" else f"/login?next={quote(asked, safe='')}", 303)

    async def _checked_form(self, request: Request, session: Session | None) -> Receive:
        body = await _bounded(request)
        replay = _replay(body, request.receive)
        request.state.form = form = await _form(Request(request.scope, _replay(body, request.receive)))
        if session is not None:
            token = request.headers.get("x-csrf-token") or form.get("csrf")
            given = token if isinstance(token, str) else ""
            if not secrets.compare_digest(given.encode("utf-8", "surrogatepass"), session.csrf.encode()):
                raise HTTPException(403, "this form is from another session; load the page anew and try again")
        return replay


def check_origin(request: Request) -> None:
    """A browser says where a request comes from; what it does not say is no proof that it came from here."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    own = request.headers.get("host", "").lower()
    fine = site in (None, "same-origin") and (origin is None or _split(origin).netloc.lower() == own)
    if not fine or (site is None and origin is None):
        raise HTTPException(403, "this was sent from another site's page; open the console itself and try again")


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


def _sane(request: Request) -> bool:
    host = request.headers.getlist("host")
    return len(host) == 1 and not set(host[0]) & set("/\\@?# \t,")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


async def _bounded(request: Request) -> bytes:
    """The rest of one that is too long is read, too, as far as is reasonable: a browser shows no answer before."""
    body, length = bytearray(), 0
    async for chunk in request.stream():
        length += len(chunk)
        if length <= BODY:
            body += chunk
        if length > 8 * BODY:
            break
    if length > BODY:
        raise HTTPException(413, f"a form has at most {BODY >> 20} MiB", {"Connection": "close"})
    return bytes(body)


def _replay(body: bytes, rest: Receive) -> Receive:
    whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return whole.pop() if whole else await rest()

    return receive


async def _form(request: Request) -> FormData:
    try:
        return await request.form(max_files=10, max_fields=FIELDS)
    except (MultiPartException, HTTPException, ValueError):
        raise HTTPException(400, "the form cannot be read") from None
