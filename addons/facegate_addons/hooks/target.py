"""Where a request goes is said once, and is what was judged: one Host, and no field that names another target."""

from mitmproxy import http

from facegate_addons.domain.signature import origin_of
from facegate_addons.hooks.fields import drop

# By these some servers take another path, host or method than the request's own.
_OVERRIDES = frozenset(
    {
        b"x-original-url",
        b"x-rewrite-url",
        b"x-original-host",
        b"x-forwarded-host",
        b"x-host",
        b"x-http-host-override",
        b"x-http-method-override",
        b"x-http-method",
        b"x-method-override",
        b"forwarded",
    }
)


def strip_overrides(request: http.Request) -> None:
    """With underscores too: behind CGI and its like these are the same."""
    drop(request.headers, lambda name: name.replace(b"_", b"-") in _OVERRIDES)


def settle_host(request: http.Request) -> bool:
    """Name the host where the request does not: an origin would answer for whichever is its default. False for a
    request that names it twice."""
    fields = request.headers
    said = fields.get_all("Host")
    if len(said) > 1:
        return False
    host = said[0].strip() if said else ""
    authority = origin_of(request.scheme, request.host, request.port).partition("://")[2]
    if request.is_http2 or request.is_http3:
        if not request.authority:
            request.authority = host or authority
        if not host:
            fields.pop("Host", None)
    elif not host:
        fields["Host"] = authority
    return True
