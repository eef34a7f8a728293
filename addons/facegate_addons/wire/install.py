"""Put the gate's layers into mitmproxy, or refuse to run.

mitmproxy's layers find each other by the names in their modules, so that is where ours go. Each name is checked first:
a mitmproxy that has moved its insides must stop the start, not slip past the seal.
"""

from mitmproxy.addons import tlsconfig
from mitmproxy.options import CONF_BASENAME
from mitmproxy.proxy import mode_servers
from mitmproxy.proxy.layers import http as layers
from mitmproxy.proxy.layers.http import _http1, _http2, _upstream_proxy

from facegate_addons.domain.authority import CA_NAME
from facegate_addons.wire.handler import PromptHandler
from facegate_addons.wire.http1 import BoundedHttp1Client, BoundedHttp1Server, TrailerlessChunkedReader
from facegate_addons.wire.http2 import BoundedHttp2Client, JoinedH2Connection, LeavingHttp2Server
from facegate_addons.wire.lean import install_lean
from facegate_addons.wire.scrub import install_pages
from facegate_addons.wire.stream import SealedStream
from facegate_addons.wire.upstream import BoundedUpstreamProxy


class UnknownMitmproxy(RuntimeError):
    """This version of mitmproxy is not built as the gate expects."""


_REPLACED = (
    (layers, "HttpStream", SealedStream),
    (layers, "Http1Client", BoundedHttp1Client),
    (layers, "Http1Server", BoundedHttp1Server),
    (layers, "Http2Client", BoundedHttp2Client),
    (layers, "Http2Server", LeavingHttp2Server),
    (_http2, "BufferedH2Connection", JoinedH2Connection),
    (_http1, "ChunkedReader", TrailerlessChunkedReader),
    (_upstream_proxy, "HttpUpstreamProxy", BoundedUpstreamProxy),
    (mode_servers, "ProxyConnectionHandler", PromptHandler),
)


def install() -> None:
    """Idempotent. Raises UnknownMitmproxy."""
    if getattr(tlsconfig, "CONF_BASENAME", None) not in (CONF_BASENAME, CA_NAME):
        raise UnknownMitmproxy("mitmproxy.addons.tlsconfig.CONF_BASENAME is not what the gate knows")
    setattr(tlsconfig, "CONF_BASENAME", CA_NAME)  # noqa: B010 - mypy: it imports it, it does not export it
    for module, name, ours in _REPLACED:
        present = getattr(module, name, None)
        if present is ours:
            continue
        if present is not next(base for base in ours.__mro__ if not base.__module__.startswith("facegate")):
            raise UnknownMitmproxy(f"{module.__name__}.{name} is not what the gate knows")
        setattr(module, name, ours)
    install_pages()
    install_lean()
