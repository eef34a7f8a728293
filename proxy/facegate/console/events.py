"""/events: what is live, as server-sent events, until the session ends."""

import asyncio
from collections.abc import AsyncIterator

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from facegate.console.live import Live
from facegate.console.sessions import Session
from facegate.console.site import Site

PING = 15.0  # seconds: what stands between closes a connection that is silent for long
AGAIN = 3_000  # milliseconds until a browser connects anew


def events_route(site: Site, live: Live) -> Route:
    async def events(request: Request) -> Response:
        session = site.visitor(request).session
        if not live.has_room(session):
            raise HTTPException(503, "too many tabs listen; close some", {"Retry-After": "30"})
        return StreamingResponse(_stream(live, session), media_type="text/event-stream")

    return Route("/events", events)


async def _stream(live: Live, session: Session) -> AsyncIterator[str]:
    tab = live.listen(session)  # not before: of an answer that nobody waited for, nothing would be left to end
    try:
        yield f"retry: {AGAIN}\n\n"
        while True:
            try:
                async with asyncio.timeout(PING):
                    text = await tab.waiting.get()
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if text is None:
                yield "event: end\ndata: {}\n\n"
                return
            yield text
    finally:
        live.leave(tab)
