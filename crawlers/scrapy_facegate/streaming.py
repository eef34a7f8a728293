"""The same trust for Scrapy's handlers on aiohttp and httpx, which download where Scrapy runs without a reactor.

These are made when they are asked for: older Scrapy has one of them, or none, and either brings a library of its own.
"""

import ssl
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from scrapy.crawler import Crawler

from scrapy_facegate.gateway import find

_AIOHTTP = "scrapy.core.downloader.handlers._aiohttp"
_HTTPX = "scrapy.core.downloader.handlers._httpx"
_MADE_OF = {
    "GatewayAiohttpHandler": (_AIOHTTP, "AiohttpDownloadHandler"),
    "GatewayHttpxHandler": (_HTTPX, "HttpxDownloadHandler"),
}
# The path of Scrapy's own -> of the one in its place.
TRUSTING = {f"{module}.{name}": f"{__name__}.{ours}" for ours, (module, name) in _MADE_OF.items()}


def without_a_reactor() -> str:
    """The path of Scrapy's own handler there."""
    return f"{_AIOHTTP}.AiohttpDownloadHandler" if find_spec(_AIOHTTP) else f"{_HTTPX}.HttpxDownloadHandler"


class TrustingContext:
    """Goes before a handler that has one context for all its connections."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)  # type: ignore[call-arg]
        context = getattr(self, "_ssl_context", None)
        if not isinstance(context, ssl.SSLContext):
            raise NotImplementedError("this Scrapy checks certificates in another way; use another scrapy-facegate")
        context.verify_mode = ssl.CERT_REQUIRED
        context.check_hostname = True
        context.load_verify_locations(cadata="\n".join(find(crawler.settings).certificates))


def __getattr__(name: str) -> Any:
    if name not in _MADE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, of = _MADE_OF[name]
    return type(name, (TrustingContext, getattr(import_module(module), of)), {})
