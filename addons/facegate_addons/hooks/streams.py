"""Bodies without an end and WebSockets, for jobs that ask for them: which they are, and the look at each window.

All other bodies are looked at whole before a byte leaves. So is a stream of a job that does not ask: one that ends in
time passes as ever, one that does not is refused.
"""

import asyncio

from mitmproxy import http

from facegate_addons.domain.job import Live
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.cutting import cutter, with_head
from facegate_addons.hooks.deadline import Connections
from facegate_addons.hooks.exchange import Stream, exchange_of
from facegate_addons.hooks.head import looked_at
from facegate_addons.hooks.messages import Messages
from facegate_addons.hooks.scan import STEP_SECONDS, Scan
from facegate_addons.hooks.step import step, waiting_step

LIFETIME = 3600.0  # seconds of one stream


class Streams:
    def __init__(self, scan: Scan, connections: Connections) -> None:
        self._scan = scan
        self._connections = connections

    @step
    def requestheaders(self, flow: http.HTTPFlow) -> None:
        job = exchange_of(flow).job
        accepts = flow.request.headers.get("Accept", "").lower()
        if job is not None and job.streams is Live.INSPECT and "text/event-stream" in accepts:
            flow.request.headers["Accept-Encoding"] = "identity"  # a coding is undone whole or not at all

    @step
    def responseheaders(self, flow: http.HTTPFlow) -> None:
        exchange, response = exchange_of(flow), flow.response
        job = exchange.job
        if exchange.refused or response is None or exchange.delivery is not None:
            return
        if exchange.handshake is not None and exchange.handshake.granted_by(response):
            exchange.stream = Stream(Messages(), asyncio.get_running_loop().time() + LIFETIME)
        if job is None or job.streams is not Live.INSPECT:
            return
        if exchange.is_ours(response) or response.status_code != 200 or flow.request.method == "HEAD":
            return
        if flow.request.http_version == "HTTP/1.0" or "Content-Encoding" in response.headers:
            return
        if (cuts := cutter(response.headers.get("Content-Type", ""))) is not None:
            exchange.stream = Stream(cuts, asyncio.get_running_loop().time() + LIFETIME)

    @waiting_step(STEP_SECONDS, Reason.INTERNAL)
    async def stream_window(self, flow: http.HTTPFlow) -> None:
        exchange, response = exchange_of(flow), flow.response
        window = exchange.stream.window if exchange.stream is not None else None
        if exchange.refused or exchange.stream is None or window is None or response is None:
            return
        looked = window if exchange.stream.begun else with_head(window, looked_at(response.headers))
        with self._connections.held(flow.client_conn, flow.server_conn):
            await self._scan.judge_window(flow, looked)
