"""The certificates that clients are shown, made by the gateway's authority for the names that they ask for.

mitmproxy's hold the authority's own RSA key, are loaded anew for each connection, and are made anew beyond the last
hundred names. Here all have one key on the curve P-256, made at the start and kept in memory alone: it signs in a tenth
of the time at each handshake. A name's OpenSSL context is kept with its certificate, and so are the keys of the tickets
by which its clients resume sessions.
"""

import datetime
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from mitmproxy.addons.tlsconfig import alpn_select_callback
from mitmproxy.certs import Cert, CertStore, CertStoreEntry, DHParams
from mitmproxy.net import tls as net_tls
from OpenSSL import SSL

MOST = 2_048  # names at once; one takes 15 KB
VALID = datetime.timedelta(days=199)  # browsers take 200
BEFORE = datetime.timedelta(days=2)  # for clients whose clock is slow
KEEP_SECONDS = 7 * 86_400.0  # after that it is made anew: a gateway may run for longer than a certificate is valid
CIPHERS = (  # of TLS 1.2, for this kind of key; the first are those that HTTP/2 allows
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-ECDSA-AES128-SHA256",
    "ECDHE-ECDSA-AES256-SHA384",
    "ECDHE-ECDSA-AES128-SHA",
    "ECDHE-ECDSA-AES256-SHA",
)


@dataclass(frozen=True)
class Leaf(CertStoreEntry):
    until: float = 0.0
    contexts: dict[tuple[bool, bool], SSL.Context] = field(default_factory=dict)

    def context(self, *, outer: bool, asks: bool) -> SSL.Context:
        """OpenSSL's, with certificate and key. `outer`: to the proxy itself; `asks`: for the client's certificate."""
        if (outer, asks) not in self.contexts:
            self.contexts[outer, asks] = self._context(outer, asks)
        return self.contexts[outer, asks]

    def _context(self, outer: bool, asks: bool) -> SSL.Context:
        context = net_tls.create_client_proxy_context.__wrapped__(  # it would be remembered there, too
            method=net_tls.Method.TLS_SERVER_METHOD,
            min_version=net_tls.Version.TLS1_2,
            max_version=net_tls.Version.UNBOUNDED,
            cipher_list=CIPHERS,
            ecdh_curve=None,
            chain_file=self.chain_file,
            request_client_cert=asks,
            alpn_select_callback=alpn_select_callback,
            extra_chain_certs=(),
            dhparams=DHParams(b""),
        )
        context.use_certificate(self.cert.to_cryptography())
        context.use_privatekey(self.privatekey)
        context.set_session_cache_mode(SSL.SESS_CACHE_OFF)  # sessions are in tickets, or nowhere
        if outer:  # a resumed session would bring the certificate of another handshake, or OpenSSL's refusal
            context.set_options(SSL.OP_NO_TICKET)
        return context


class Leaves(CertStore):
    """Takes the place of the store it is made of."""

    def __init__(self, store: CertStore, minted: Callable[[], None], clock: Callable[[], float] = time.monotonic):
        """`minted` is called for each certificate that is made."""
        super().__init__(
            store.default_privatekey, store.default_ca, store.default_chain_file, store.default_crl, store.dhparams
        )
        self._minted, self._clock = minted, clock
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._leaves: OrderedDict[tuple[str | None, tuple[x509.GeneralName, ...]], Leaf] = OrderedDict()

    def get_cert(
        self,
        commonname: str | None,
        sans: Iterable[x509.GeneralName],
        organization: str | None = None,
        crl_url: str | None = None,
    ) -> Leaf:
        """`organization` and `crl_url` come of an origin's certificate, which is not asked for."""
        name = (commonname, tuple(sans))
        leaf = self._leaves.get(name)
        if leaf is None or self._clock() >= leaf.until:
            leaf = self._leaves[name] = self._mint(*name)
            while len(self._leaves) > MOST:
                self._leaves.popitem(last=False)
        self._leaves.move_to_end(name)
        return leaf

    def _mint(self, commonname: str | None, sans: tuple[x509.GeneralName, ...]) -> Leaf:
        authority, now = self.default_ca.to_cryptography(), datetime.datetime.now(datetime.UTC)
        named = commonname is not None and len(commonname) < 64  # the most that X.520 has room for
        subject = [x509.NameAttribute(NameOID.COMMON_NAME, commonname)] if commonname and named else []
        usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
        certificate = (
            x509.CertificateBuilder()
            .issuer_name(authority.subject)
            .subject_name(x509.Name(subject))
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - BEFORE)
            .not_valid_after(now - BEFORE + VALID)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectAlternativeName(sans), critical=not subject)
            .add_extension(_issuer_key(authority), critical=False)
            .sign(self.default_privatekey, hashes.SHA256())
        )
        self._minted()
        leaf = Cert(certificate), self._key, self.default_chain_file, self.default_chain_certs
        return Leaf(*leaf, until=self._clock() + KEEP_SECONDS)  # type: ignore[arg-type]  # mitmproxy says RSA


def _issuer_key(authority: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    """As the authority itself says: an identifier may be made in several ways, and has to be the same."""
    try:
        said = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    except x509.ExtensionNotFound:
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())  # type: ignore[arg-type]
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(said)
