"""TLS to the proxy itself, and that inside of a tunnel, as OpenSSL sees the two ends."""

import contextlib
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from facegate import ca
from facegate_addons.wire.client_tls import ClientTls
from facegate_addons.wire.install import install
from mitmproxy.connection import Client
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers import ClientTLSLayer, HttpLayer, ServerTLSLayer
from mitmproxy.proxy.layers.http import HTTPMode
from mitmproxy.proxy.layers.modes import HttpProxy
from mitmproxy.test import taddons
from mitmproxy.tls import TlsData
from OpenSSL import SSL

Start = Callable[[bool, bool], SSL.Connection]


@pytest.fixture
def asking() -> list[bool]:
    return [False]


@pytest.fixture
def addon(tmp_path: Path, asking: list[bool]) -> ClientTls:
    install()
    ca.prepare(tmp_path / "ca")
    addon = ClientTls(lambda: asking[0])
    with taddons.context(addon) as addons:
        addons.configure(addon, confdir=str(tmp_path / "ca"))
    return addon


@pytest.fixture
def start(addon: ClientTls, asking: list[bool]) -> Start:
    """`start(asks, outer)`: the server's end."""

    def start(asks: bool, outer: bool) -> SSL.Connection:
        asking[0] = asks
        with taddons.context(addon) as addons:
            client = Client(peername=("127.0.0.1", 5000), sockname=("127.0.0.1", 8080))
            context = Context(client, addons.options)
            HttpProxy(context)
            if not outer:
                HttpLayer(context, HTTPMode.regular)
                ServerTLSLayer(context)
            ClientTLSLayer(context)
            data = TlsData(client, context)
            addon.tls_start_client(data)
        assert data.ssl_conn is not None
        return data.ssl_conn

    return start


@pytest.fixture
def trusting(start: Start, tmp_path: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca.certificate_path(tmp_path / "ca"))
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context


def handshake(connection: SSL.Connection, trusting: ssl.SSLContext, again: ssl.SSLSession | None) -> ssl.SSLObject:
    reads, writes = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(reads, writes, server_hostname="127.0.0.1", session=again)
    for step in (client.do_handshake, connection.do_handshake, client.do_handshake, connection.do_handshake):
        with contextlib.suppress(ssl.SSLWantReadError, SSL.WantReadError):
            step()
        if data := writes.read():
            connection.bio_write(data)
        with contextlib.suppress(SSL.WantReadError):
            reads.write(connection.bio_read(65536))
    with contextlib.suppress(ssl.SSLWantReadError):
        client.read()  # what resumes a session comes after the handshake
    return client


@pytest.mark.parametrize("asks", [False, True])
def test_to_the_proxy_itself(start: Start, trusting: ssl.SSLContext, asks: bool) -> None:
    session = None
    for _ in range(2):
        connection = start(asks, True)
        client = handshake(connection, trusting, session)
        assert client.selected_alpn_protocol() == "http/1.1"  # no CONNECT in HTTP/2
        assert (connection.get_verify_mode() == SSL.VERIFY_PEER) is asks
        assert not client.session_reused
        session = client.session


def test_inside_of_a_tunnel_nobody_is_asked(start: Start, trusting: ssl.SSLContext) -> None:
    connection = start(True, False)
    client = handshake(connection, trusting, None)
    assert client.selected_alpn_protocol() == "h2"
    assert connection.get_verify_mode() == SSL.VERIFY_NONE


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_inside_of_a_tunnel_a_session_is_resumed(
    start: Start, trusting: ssl.SSLContext, version: ssl.TLSVersion
) -> None:
    trusting.minimum_version = trusting.maximum_version = version
    first = handshake(start(False, False), trusting, None)
    again = handshake(start(False, False), trusting, first.session)
    assert (first.session_reused, again.session_reused) == (False, True)
    assert again.selected_alpn_protocol() == "h2"


def test_a_name_costs_one_certificate(start: Start, trusting: ssl.SSLContext, addon: ClientTls) -> None:
    shown = {handshake(start(False, False), trusting, None).getpeercert(binary_form=True) for _ in range(3)}
    assert len(shown) == 1
    assert addon.minted == 1


def test_it_waits_to_be_told_where_the_authority_is() -> None:
    addon = ClientTls(lambda: False)
    with taddons.context():
        addon.configure({"listen_port"})
    assert addon.certstore is None


def test_the_authority_is_read_once(addon: ClientTls, tmp_path: Path) -> None:
    store = addon.certstore
    with taddons.context() as addons:
        addons.options.add_option("confdir", str, str(tmp_path / "gone"), "")
        addon.running()
    assert addon.certstore is store
