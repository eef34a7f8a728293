"""Where a request goes is said once, and is what was judged: one Host, and no field that names another target."""

from mitmproxy import http

from facegate_addons.domain.signature import origin_of

# By these some servers take another path, host or method than the request's own.
_OVERRIDES = frozenset(
    {
        "x-original-url",
        "x-rewrite-url",
        "x-original-host",
        "x-forwarded-host",
        "x-host",
        "x-http-host-override",
        "x-http-method-override",
        "x-http-method",
        "x-method-override",
        "forwarded",
    }
)


def strip_overrides(request: http.Request) -> None:
    """With underscores too: behind CGI and its like these are the same."""
    for name in {name.lower() for name in request.headers}:
        if name.replace("_", "-") in _OVERRIDES:
            del request.headers[name]


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
