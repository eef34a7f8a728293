"""Deny first: the first of the chain puts a response in place, which only the seal takes away.

While it is there no request leaves. It is one object for all flows and not sealed: should it ever come to the wire, the
wire makes a refusal of it. Making one here, for every request, would cost as much as the rest of the chain.
"""

from mitmproxy import http

from facegate_addons.hooks.exchange import exchange_of

_DENIED = http.Response.make(502, b"")


class Deny:
    def requestheaders(self, flow: http.HTTPFlow) -> None:
        flow.response = _DENIED

    def stream_window(self, flow: http.HTTPFlow) -> None:
        exchange_of(flow).deny()

    def http_connect(self, flow: http.HTTPFlow) -> None:
        flow.response = _DENIED
