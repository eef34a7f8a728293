"""What of HTTP may pass: a response has to be one whole resource in a form that can be undone.

On the way out: one target, no ranges, no upgrades but to the WebSockets of jobs that ask for them, no codings but those
that inspection undoes. On the way back: no parts, no other switched protocols, no stacked transfer codings, nothing
that leads a client past the gateway: not to another protocol, nor through another proxy, nor to a worker script that
answers in the origin's place.
"""

from mitmproxy import http
from mitmproxy.net.http.status_codes import RESPONSES

from facegate_addons.domain.job import Live
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.fields import drop
from facegate_addons.hooks.handshake import handshake
from facegate_addons.hooks.step import step
from facegate_addons.hooks.target import settle_host, strip_overrides

CODINGS = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd", "identity"})

# Asked for, these would bring a part, a delta, a dictionary coding or another protocol.
_STRIP_REQUEST = frozenset(
    {
        b"range",
        b"if-range",
        b"a-im",
        b"te",
        b"trailer",
        b"upgrade",
        b"http2-settings",
        b"sec-websocket-key",
        b"sec-websocket-version",
        b"sec-websocket-extensions",
        b"sec-websocket-protocol",
        b"available-dictionary",
        b"dictionary-id",
        b"proxy-connection",
    }
)
# Alt-Svc and its kin send the next request around the gateway, speculation rules may send it through a browser vendor's
# proxy, a service worker's wider scope lets one script answer for a whole site; the rest announces what the gateway
# took away, or speaks of a proxy's credentials, which are the gateway's to ask for.
_STRIP_RESPONSE = frozenset(
    {
        b"alt-svc",
        b"alt-used",
        b"alternate-protocol",
        b"upgrade",
        b"trailer",
        b"use-as-dictionary",
        b"proxy-status",
        b"proxy-authenticate",
        b"proxy-authentication-info",
        b"speculation-rules",
        b"supports-loading-mode",
        b"service-worker-allowed",
    }
)


class Transport:
    @step
    def requestheaders(self, flow: http.HTTPFlow) -> None:
        exchange, fields = exchange_of(flow), flow.request.headers
        if "Service-Worker" in fields:  # it would make responses of its own, which nobody looks at
            exchange.refuse(Reason.PROTOCOL_REFUSED)
        strip_overrides(flow.request)
        if not settle_host(flow.request):
            exchange.refuse(Reason.CLIENT_PROTOCOL)
        if exchange.job is not None and exchange.job.websocket is Live.INSPECT:
            exchange.handshake = handshake(flow.request)
        drop(fields, _STRIP_REQUEST.__contains__)
        if "Connection" in fields:
            fields["Connection"] = "close" if "close" in fields["Connection"].lower() else "keep-alive"
        if "Accept-Encoding" in fields:
            fields["Accept-Encoding"] = accepted(fields["Accept-Encoding"])
        if exchange.handshake is not None:
            exchange.handshake.ask(flow.request)

    @step
    def request(self, flow: http.HTTPFlow) -> None:
        flow.request.trailers = None

    @step
    def responseheaders(self, flow: http.HTTPFlow) -> None:
        response = flow.response
        assert response is not None
        exchange = exchange_of(flow)
        if exchange.is_ours(response) or exchange.delivery is not None:
            return
        exchange.origin_status = response.status_code
        if exchange.handshake is not None and exchange.handshake.granted_by(response):
            return
        if _is_part(response):
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
        _strip(response)

    @step
    def stream_window(self, flow: http.HTTPFlow) -> None:
        stream, response = exchange_of(flow).stream, flow.response
        if stream is not None and response is not None and not stream.begun:
            _strip(response)
            _frame_anew(flow, response)
            if response.status_code == 101:
                response.headers.pop("Transfer-Encoding")
                response.headers["Upgrade"], response.headers["Connection"] = "websocket", "Upgrade"


def _strip(response: http.Response) -> None:
    response.trailers = None
    response.reason = RESPONSES.get(response.status_code, "")  # the origin's own could be anything, a picture too
    drop(response.headers, _is_stripped)


def _is_stripped(name: bytes) -> bool:
    # what is ours to say is never the origin's, spelled with the underscore of CGI and its like neither
    return name in _STRIP_RESPONSE or name.startswith((b"facegate-", b"facegate_"))


def _frame_anew(flow: http.HTTPFlow, response: http.Response) -> None:
    """So that a client can tell a stream that was cut from one that ended."""
    for name in ("Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive"):
        response.headers.pop(name, None)
    if flow.request.http_version.startswith("HTTP/1"):
        response.http_version = "HTTP/1.1"
        response.headers["Transfer-Encoding"] = "chunked"


def _is_part(response: http.Response) -> bool:
    """A part of a resource or a delta, whatever the status says. A 416 has a Content-Range and no part."""
    if response.status_code in (206, 226):
        return True
    kind = response.headers.get("Content-Type", "").strip().lower()
    return response.status_code < 300 and (
        "Content-Range" in response.headers or kind.startswith("multipart/byteranges")
    )


def accepted(value: str) -> str:
    """An Accept-Encoding reduced to what can be undone. `*` would allow the rest, so it goes too.

    >>> accepted("gzip, deflate;q=0.5, dcb, *;q=0.1")
    'gzip, deflate;q=0.5'
    """
    wanted = (item.strip() for item in value.split(","))
    return ", ".join(item for item in wanted if item.partition(";")[0].strip().lower() in CODINGS) or "identity"
