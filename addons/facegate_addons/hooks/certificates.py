"""The certificates that clients showed when they spoke TLS to the proxy itself.

Noted at that handshake, by connection: TLS inside a tunnel overwrites what mitmproxy knows of the client. Whoever is
here has proven to hold the key; whether the certificate stands for a job is asked again for each request.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers import ClientTLSLayer
from mitmproxy.proxy.layers.modes import HttpProxy, HttpUpstreamProxy
from mitmproxy.tls import TlsData
from OpenSSL import crypto

_NEVER = datetime.min.replace(tzinfo=UTC)


def is_outer(context: Context) -> bool:
    """Is this the TLS between a client and the proxy, rather than that inside of a tunnel?"""
    layers = context.layers
    if not isinstance(layers[0], HttpProxy | HttpUpstreamProxy):
        return False
    spoken = [isinstance(layer, ClientTLSLayer) for layer in layers]
    return spoken.count(True) == 1 and spoken.index(True) == 1


@dataclass(frozen=True, slots=True)
class Certificate:
    fingerprint: str  # sha256 of the DER, hex
    begins: datetime
    ends: datetime

    def job(self, jobs: Mapping[str, str], now: datetime) -> str | None:
        """The id of the job that it stands for now."""
        return jobs.get(self.fingerprint) if self.begins <= now <= self.ends else None


_NOBODYS = Certificate("", _NEVER, _NEVER)


class Certificates:
    def __init__(self) -> None:
        self._shown: dict[str, Certificate] = {}

    def note(self, data: TlsData) -> None:
        """The handshake is over. Whatever fails here leaves a certificate behind that stands for nobody."""
        if not is_outer(data.context) or data.ssl_conn is None:
            return
        self._shown[data.conn.id] = _NOBODYS
        shown = data.ssl_conn.get_peer_certificate()
        if shown is None:
            del self._shown[data.conn.id]
        else:
            self._shown[data.conn.id] = read(crypto.dump_certificate(crypto.FILETYPE_ASN1, shown))

    def of(self, client_id: str) -> Certificate | None:
        return self._shown.get(client_id)

    def forget(self, client_id: str) -> None:
        self._shown.pop(client_id, None)


def read(der: bytes) -> Certificate:
    """One that OpenSSL took and that cannot be read here was never valid, and yet shown: nothing after it counts."""
    fingerprint = hashlib.sha256(der).hexdigest()
    try:
        shown = x509.load_der_x509_certificate(der)
        return Certificate(fingerprint, shown.not_valid_before_utc, shown.not_valid_after_utc)
    except ValueError:
        return Certificate(fingerprint, _NEVER, _NEVER)
