"""TLS between a client and the proxy itself, as in `curl --proxy https://gateway:8080`, and inside of tunnels.

Certificates are made by the gateway's authority for the name that the client asks for (`wire.leaves`). When
certificates stand for jobs, a client of the proxy itself is asked for its own; inside of tunnels, where the client
takes us for the origin, it never is. Which of them counts is decided by hooks.certificates: here all are taken, once
they prove that they hold their key.
"""

from collections.abc import Callable

from mitmproxy import ctx
from mitmproxy.addons.tlsconfig import AppData, TlsConfig
from mitmproxy.tls import TlsData
from OpenSSL import SSL

from facegate_addons.hooks.certificates import is_outer
from facegate_addons.wire.leaves import Leaf, Leaves


class ClientTls(TlsConfig):
    """Takes the place, and the name, of mitmproxy's own addon."""

    name = "tlsconfig"

    def __init__(self, asks: Callable[[], bool]) -> None:
        """`asks`: are clients asked for certificates?"""
        super().__init__()
        self.minted = 0  # certificates
        self._asks = asks

    def configure(self, updated: set[str]) -> None:
        super().configure(updated)  # type: ignore[no-untyped-call]
        if self.certstore and not isinstance(self.certstore, Leaves):  # None: it is not told yet where the CA is
            self.certstore = Leaves(self.certstore, self._mint)

    def running(self) -> None:
        """mitmproxy's reads the authority once more, in 50 ms: it does not trust that it was told where it is."""
        if not self.certstore:
            super().running()  # type: ignore[no-untyped-call]

    def tls_start_client(self, tls_start: TlsData) -> None:
        if tls_start.ssl_conn is not None or tls_start.is_dtls:
            super().tls_start_client(tls_start)
            return
        leaf, outer = self.get_cert(tls_start.context), is_outer(tls_start.context)
        assert isinstance(leaf, Leaf)
        connection = tls_start.ssl_conn = SSL.Connection(leaf.context(outer=outer, asks=outer and self._asks()))
        if outer:
            # mitmproxy knows no CONNECT in HTTP/2, and no longer takes care that it is not agreed on here
            data = AppData(client_alpn=b"http/1.1", server_alpn=None, http2=False)
        else:
            client, server = tls_start.context.client, tls_start.context.server
            data = AppData(client_alpn=client.alpn, server_alpn=server.alpn, http2=ctx.options.http2)
        connection.set_app_data(data)
        connection.set_accept_state()

    def _mint(self) -> None:
        self.minted += 1
