"""What is under way, so that a stopping gateway can wait for it."""

import asyncio
import contextlib

from mitmproxy import http


class InFlight:
    def __init__(self) -> None:
        self._flows: set[str] = set()
        self._idle = asyncio.Event()
        self._idle.set()

    def __len__(self) -> int:
        return len(self._flows)

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        self._flows.add(flow.id)
        self._idle.clear()

    def response(self, flow: http.HTTPFlow) -> None:
        self._done(flow)

    def stream_end(self, flow: http.HTTPFlow) -> None:
        self._done(flow)

    def error(self, flow: http.HTTPFlow) -> None:
        self._done(flow)

    async def drained(self, seconds: float) -> bool:
        """Wait until nothing is under way. False when `seconds` were not enough."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        return self._idle.is_set()

    def _done(self, flow: http.HTTPFlow) -> None:
        self._flows.discard(flow.id)
        if not self._flows:
            self._idle.set()
