"""Certificates by the layers that mitmproxy stacks up; the handshakes themselves are tested live."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from facegate_addons.hooks.certificates import Certificates, is_outer, read
from mitmproxy.connection import Client
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers import ClientTLSLayer, HttpLayer, ServerTLSLayer
from mitmproxy.proxy.layers.http import HTTPMode
from mitmproxy.proxy.layers.modes import HttpProxy, Socks5Proxy
from mitmproxy.test import taddons
from mitmproxy.tls import TlsData
from OpenSSL import crypto

NOW = datetime.now(UTC).replace(microsecond=0)


def certificate() -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "crawler")])
    begins, ends = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, begins, ends)
    return builder.sign(key, hashes.SHA256())


@pytest.fixture
def context():
    with taddons.context() as addons:
        client = Client(peername=("127.0.0.1", 5000), sockname=("127.0.0.1", 8080))
        yield Context(client, addons.options)


def test_only_the_tls_to_the_proxy_itself_counts(context):
    HttpProxy(context)
    assert not is_outer(context)
    ClientTLSLayer(context)
    assert is_outer(context)
    HttpLayer(context, HTTPMode.regular)
    assert is_outer(context)
    ServerTLSLayer(context)
    ClientTLSLayer(context)
    assert not is_outer(context)


def test_that_in_a_plain_tunnel_does_not(context):
    HttpProxy(context)
    HttpLayer(context, HTTPMode.regular)
    ServerTLSLayer(context)
    ClientTLSLayer(context)
    assert not is_outer(context)


def test_nor_that_behind_another_protocol(context):
    Socks5Proxy(context)
    ClientTLSLayer(context)
    assert not is_outer(context)


def test_a_certificate_is_noted_until_its_client_leaves(context):
    HttpProxy(context)
    ClientTLSLayer(context)
    shown = certificate()
    connection = SimpleNamespace(get_peer_certificate=lambda: crypto.X509.from_cryptography(shown))
    certificates = Certificates()
    certificates.note(TlsData(context.client, context, connection))
    fingerprint = shown.fingerprint(hashes.SHA256()).hex()
    known = certificates.of(context.client.id)
    assert known is not None
    assert known.job({fingerprint: "job"}, NOW) == "job"
    assert known.job({fingerprint: "job"}, NOW - timedelta(hours=2)) is None
    assert known.job({fingerprint: "job"}, NOW + timedelta(hours=2)) is None
    assert known.job({"ab" * 32: "job"}, NOW) is None
    certificates.forget(context.client.id)
    assert certificates.of(context.client.id) is None


def test_a_client_without_one_has_shown_none(context):
    HttpProxy(context)
    ClientTLSLayer(context)
    certificates = Certificates()
    certificates.note(TlsData(context.client, context, SimpleNamespace(get_peer_certificate=lambda: None)))
    assert certificates.of(context.client.id) is None


def test_one_that_cannot_be_read_is_shown_and_never_valid():
    der = certificate().public_bytes(Encoding.DER)
    broken = read(der[:-20])
    assert broken.job({broken.fingerprint: "job"}, NOW) is None
    assert read(der).job({read(der).fingerprint: "job"}, NOW) == "job"


def test_one_that_could_not_even_be_taken_is_shown_all_the_same(context):
    def broken() -> None:
        raise OSError("memory")

    HttpProxy(context)
    ClientTLSLayer(context)
    certificates = Certificates()
    with pytest.raises(OSError, match="memory"):
        certificates.note(TlsData(context.client, context, SimpleNamespace(get_peer_certificate=broken)))
    known = certificates.of(context.client.id)
    assert known is not None
    assert known.job({known.fingerprint: "job"}, NOW) is None
