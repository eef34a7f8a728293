"""Through another proxy: every connection goes to that one, and its answer to a CONNECT is bounded like any head.

The credentials for it are put into what leaves for it, and nowhere else: into a CONNECT, which nobody else sees, and
into plain requests after everything else has seen them.
"""

import base64
from typing import Literal

from mitmproxy import http
from mitmproxy.proxy import layer, layers
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http._upstream_proxy import HttpUpstreamProxy
from mitmproxy.proxy.mode_specs import UpstreamMode

from facegate_addons.domain.limits import HEAD_MAX
from facegate_addons.wire.shared_port import SharedPort

_HEADER = "Proxy-Authorization"


class BoundedUpstreamProxy(HttpUpstreamProxy):
    """Replaces mitmproxy's HttpUpstreamProxy, which keeps whatever arrives before the end of a head, and writes an IPv6
    address without its brackets, so that the proxy would read another one."""

    def start_handshake(self) -> layer.CommandGenerator[None]:
        asked = self.conn.address
        if not self.send_connect or asked is None or ":" not in asked[0]:
            yield from super().start_handshake()
            return
        self.conn.address = (f"[{asked[0]}]", asked[1])
        try:
            yield from super().start_handshake()
        finally:
            self.conn.address = asked

    def receive_handshake_data(self, data: bytes) -> layer.CommandGenerator[tuple[bool, str | None]]:
        if self.send_connect and len(self.buf) + len(data) > HEAD_MAX:
            return False, "invalid response"
        done, error = yield from super().receive_handshake_data(data)
        return done, error and "refused"  # mitmproxy's text has the proxy's words


class UpstreamCredentials:
    """Behind the chain: what it adds is seen by no other addon on the way out. `pair` is "user:password"."""

    def __init__(self, pair: str) -> None:
        self._value = "Basic " + base64.b64encode(pair.encode()).decode()

    def http_connect_upstream(self, flow: http.HTTPFlow) -> None:
        flow.request.headers[_HEADER] = self._value

    def upstream_request(self, flow: http.HTTPFlow) -> None:
        flow.request.headers[_HEADER] = self._value

    def response(self, flow: http.HTTPFlow) -> None:
        flow.request.headers.pop(_HEADER, None)


class FacegateUpstreamMode(UpstreamMode):
    description = "facegate, upstream"  # not mitmproxy's, which tells the address
    transport_protocol: Literal["tcp"] = "tcp"


class FacegateUpstreamInstance(SharedPort[FacegateUpstreamMode]):
    def make_top_layer(self, context: Context) -> layer.Layer:
        return layers.modes.HttpUpstreamProxy(context)
