"""What of HTTP may pass: a response has to be one whole resource in a form that can be undone.

On the way out: no ranges, no upgrades, no codings but those that inspection undoes. On the way back: no parts, no
switched protocols, no stacked transfer codings, nothing that leads a client past the gateway.
"""

from mitmproxy import http
from mitmproxy.net.http.status_codes import RESPONSES

from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.step import step

CODINGS = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd", "identity"})

# Asked for, these would bring a part, a delta, a dictionary coding or another protocol.
_STRIP_REQUEST = (
    "Range",
    "If-Range",
    "A-IM",
    "TE",
    "Trailer",
    "Upgrade",
    "HTTP2-Settings",
    "Sec-WebSocket-Key",
    "Sec-WebSocket-Version",
    "Sec-WebSocket-Extensions",
    "Sec-WebSocket-Protocol",
    "Available-Dictionary",
    "Dictionary-ID",
    "Proxy-Connection",
)
# Alt-Svc and its kin send the next request around the gateway; the rest announces what the gateway took away.
_STRIP_RESPONSE = ("Alt-Svc", "Alternate-Protocol", "Upgrade", "Trailer", "Use-As-Dictionary", "Proxy-Status")


class Transport:
    @step
    def requestheaders(self, flow: http.HTTPFlow) -> None:
        fields = flow.request.headers
        for name in _STRIP_REQUEST:
            fields.pop(name, None)
        if "Connection" in fields:
            fields["Connection"] = "close" if "close" in fields["Connection"].lower() else "keep-alive"
        if "Accept-Encoding" in fields:
            fields["Accept-Encoding"] = accepted(fields["Accept-Encoding"])

    @step
    def request(self, flow: http.HTTPFlow) -> None:
        flow.request.trailers = None

    @step
    def responseheaders(self, flow: http.HTTPFlow) -> None:
        response = flow.response
        assert response is not None
        exchange = exchange_of(flow)
        if exchange.is_ours(response):
            return
        exchange.origin_status = response.status_code
        if response.status_code == 206:
            exchange.refuse(Reason.PARTIAL_CONTENT)
        elif not 200 <= response.status_code <= 599 or response.status_code == 407:  # that one is ours to say
            exchange.refuse(Reason.ORIGIN_PROTOCOL)
        elif response.headers.get("Transfer-Encoding", "chunked").strip().lower() != "chunked":
            exchange.refuse(Reason.TRANSFER_CODING)

    @step
    def response(self, flow: http.HTTPFlow) -> None:
        response = flow.response
        assert response is not None
        if exchange_of(flow).is_ours(response):
            return
        response.trailers = None
        response.reason = RESPONSES.get(response.status_code, "")  # the origin's own could be anything, a picture too
        for name in _STRIP_RESPONSE:
            response.headers.pop(name, None)
        for name in [name for name in response.headers if name.lower().startswith("facegate-")]:
            del response.headers[name]  # ours to say, never the origin's


def accepted(value: str) -> str:
    """An Accept-Encoding reduced to what can be undone. `*` would allow the rest, so it goes too.

    >>> accepted("gzip, deflate;q=0.5, dcb, *;q=0.1")
    'gzip, deflate;q=0.5'
    """
    wanted = (item.strip() for item in value.split(","))
    return ", ".join(item for item in wanted if item.partition(";")[0].strip().lower() in CODINGS) or "identity"
