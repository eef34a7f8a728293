"""A request's URL as it may be written down: without credentials, of bounded length."""

from mitmproxy import http

MAX = 2_048  # characters; longer ones carry payloads
_DEFAULT_PORT = {"http": 80, "https": 443}


def public_url(request: http.Request) -> str:
    """Built from its parts, so that a userinfo part cannot come along."""
    if request.method == "CONNECT":
        return f"connect://{request.host}:{request.port}"[:MAX]
    host = f"[{request.host}]" if ":" in request.host else request.host
    port = "" if _DEFAULT_PORT.get(request.scheme) == request.port else f":{request.port}"
    path = "" if request.path == "*" else request.path
    return f"{request.scheme}://{host}{port}{path}"[:MAX]


def logged_url(request: http.Request) -> str:
    """For the log, which more people read than the ledger: without the query, in which keys of sessions may stand."""
    return public_url(request).partition("?")[0]
