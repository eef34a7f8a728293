"""What a body may be before anybody parses it: JSON, and at most a mebibyte."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from facegate.api.problems import problem

BODY = 1 << 20  # bytes; as for a job file
_WITH_BODY = ("POST", "PUT", "PATCH")


class Bounded:
    """Reads the body whole, so that a handler never sees half of one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in _WITH_BODY:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        told = headers.get("content-length", "0")
        body = b"" if told.isdigit() and int(told) <= BODY else None
        more = True
        while body is not None and more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > BODY:
                body = None
        if body is None:
            refusal = problem(scope, "too-large", f"a body has at most {BODY} bytes", headers={"Connection": "close"})
            await refusal(scope, receive, send)
            return
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if body and kind != "application/json":
            await problem(scope, "unsupported-media-type", "send Content-Type: application/json")(scope, receive, send)
            return
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, replay, send)
