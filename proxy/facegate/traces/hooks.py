"""When a trace begins and how long the origin was waited for, as the proxy's events tell. They change nothing."""

import time

from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.urls import public_url
from mitmproxy import http

from facegate.traces.attributes import of_request
from facegate.traces.harmless import harmless
from facegate.traces.trace import Trace, Traces

_KEY = "facegate-trace"


class TraceFirst:
    """Before every other addon."""

    def __init__(self, traces: Traces) -> None:
        self._traces = traces

    @harmless
    def http_connect(self, flow: http.HTTPFlow) -> None:
        self._begin(flow)

    @harmless
    def requestheaders(self, flow: http.HTTPFlow) -> None:
        self._begin(flow)

    @harmless
    def responseheaders(self, flow: http.HTTPFlow) -> None:
        trace = _trace(flow)
        if trace is not None and trace.asked and not trace.answered and flow.response is not None:
            trace.answered = time.time_ns()
            asked = of_request(flow.request.method, public_url(flow.request))
            asked["http.response.status_code"] = flow.response.status_code
            trace.child("origin head", trace.asked, trace.answered, asked, out=True)

    @harmless
    def response(self, flow: http.HTTPFlow) -> None:
        trace = _trace(flow)
        if trace is not None and trace.asked and trace.answered:
            size = len(flow.response.raw_content or b"") if flow.response is not None else 0
            trace.child("origin body", trace.answered, time.time_ns(), {"http.response.body.size": size})
            trace.asked = 0  # no more is waited for

    @harmless
    def error(self, flow: http.HTTPFlow) -> None:
        trace = _trace(flow)
        if trace is not None and trace.asked:
            reason = exchange_of(flow).decision.reason.value
            name, since = ("origin body", trace.answered) if trace.answered else ("origin head", trace.asked)
            trace.child(name, since, time.time_ns(), {"error.type": reason}, out=not trace.answered)
            trace.asked = 0

    def _begin(self, flow: http.HTTPFlow) -> None:
        trace = self._traces.begin(flow.id, int(flow.request.timestamp_start * 1e9))
        if trace is not None:
            flow.metadata[_KEY] = trace


class TraceLast:
    """Behind every other: what the seal let out is about to go."""

    @harmless
    def request(self, flow: http.HTTPFlow) -> None:
        trace = _trace(flow)
        if trace is not None and exchange_of(flow).may_leave and flow.response is None:
            trace.asked = time.time_ns()


def _trace(flow: http.HTTPFlow) -> Trace | None:
    found = flow.metadata.get(_KEY)
    return found if isinstance(found, Trace) else None
