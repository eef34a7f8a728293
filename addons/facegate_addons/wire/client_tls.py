"""TLS between a client and the proxy itself, as in `curl --proxy https://gateway:8080`.

Its certificate is made by the gateway's authority for the name that the client asks for. When certificates stand for
jobs, the client is asked for its own; inside of tunnels, where the client takes us for the origin, it never is. Which
of them counts is decided by hooks.certificates: here all are taken, once they prove that they hold their key.
"""

import functools
from collections.abc import Callable
from pathlib import Path

from mitmproxy.addons.tlsconfig import AppData, TlsConfig, alpn_select_callback
from mitmproxy.certs import DHParams
from mitmproxy.net import tls as net_tls
from mitmproxy.tls import TlsData
from OpenSSL import SSL

from facegate_addons.hooks.certificates import is_outer


class ClientTls(TlsConfig):
    """Takes the place, and the name, of mitmproxy's own addon."""

    name = "tlsconfig"

    def __init__(self, asks: Callable[[], bool]) -> None:
        """`asks`: are clients asked for certificates?"""
        super().__init__()
        self._asks = asks

    def tls_start_client(self, tls_start: TlsData) -> None:
        if tls_start.ssl_conn is not None or not is_outer(tls_start.context):
            super().tls_start_client(tls_start)
            return
        entry = self.get_cert(tls_start.context)
        context = _context(entry.chain_file, self.certstore.dhparams, self._asks())
        connection = tls_start.ssl_conn = SSL.Connection(context)
        connection.use_certificate(entry.cert.to_cryptography())
        connection.use_privatekey(entry.privatekey)
        # mitmproxy knows no CONNECT in HTTP/2, and no longer takes care that it is not agreed on here
        connection.set_app_data(AppData(client_alpn=b"http/1.1", server_alpn=None, http2=False))
        connection.set_accept_state()


@functools.cache  # OpenSSL's contexts are shared by connections, and may not change once there is one
def _context(chain: Path | None, dhparams: DHParams, asks: bool) -> SSL.Context:
    context = net_tls.create_client_proxy_context(
        method=net_tls.Method.TLS_SERVER_METHOD,
        min_version=net_tls.Version.TLS1_2,
        max_version=net_tls.Version.UNBOUNDED,
        cipher_list=None,
        ecdh_curve=None,
        chain_file=chain,
        request_client_cert=asks,
        alpn_select_callback=alpn_select_callback,
        extra_chain_certs=(),
        dhparams=dhparams,
    )
    # A resumed session would bring the certificate of another handshake, or OpenSSL's refusal.
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.set_options(SSL.OP_NO_TICKET)
    return context
