"""A request's URL as it may be written down: without credentials, of bounded length."""

from mitmproxy import http
from mitmproxy.net.http import url

MAX = 2_048  # characters; longer ones carry payloads


def public_url(request: http.Request) -> str:
    """Built from its parts, so that a userinfo part cannot come along."""
    return url.unparse(request.scheme, request.host, request.port, request.path)[:MAX]
