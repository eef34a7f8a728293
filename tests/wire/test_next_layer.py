from typing import Any

import pytest
from facegate_addons.wire.next_layer import INSPECTED, ClosingLayer, InspectedLayers
from mitmproxy.connection import ConnectionState
from mitmproxy.proxy import layer, layers
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import HTTPMode

HELLO = bytes.fromhex(  # a TLS record that begins a ClientHello
    "16030100650100006103015658a756ab2c2bff55f636814deac086b7ca56b65058c7893ffc6074f5245f70205658a75475103a152637"
    "78e1bb6d22e8bbd5b6b0a3a59760ad354e91ba20d353001a002f0035000a000500040009000300060008006000610062010000"
)


@pytest.fixture
def tunnel(context: Context) -> Context:
    """Inside of a CONNECT."""
    context.layers = [layers.modes.HttpProxy(context), layers.HttpLayer(context, HTTPMode.regular)]
    context.server.address = ("origin", 443)
    return context


def chosen(context: Context, data: bytes) -> layer.Layer | None:
    return InspectedLayers()._next_layer(context, data, b"")


def test_tls_is_opened(tunnel: Context) -> None:
    assert type(chosen(tunnel, HELLO)) in INSPECTED


def test_http_is_read(tunnel: Context) -> None:
    assert isinstance(chosen(tunnel, b"GET / HTTP/1.1\r\nHost: origin\r\n\r\n"), layers.HttpLayer)


@pytest.mark.parametrize(
    ("port", "data"),
    [(22, b"SSH-2.0-OpenSSH_9.9\r\n"), (53, b"\x00\x1d" + bytes(29)), (5353, bytes(40)), (443, b"\x00\xff" * 40)],
)
def test_everything_else_is_closed(
    tunnel: Context, play: Any, port: int, data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    tunnel.server.address = ("origin", port)
    before = list(tunnel.layers)
    closing = chosen(tunnel, data)
    if isinstance(closing, layers.HttpLayer):  # read as HTTP, it is no HTTP, and closed there
        return
    assert type(closing) is ClosingLayer
    assert tunnel.layers == [*before, closing]
    assert "would have been relayed" in caplog.text
    tunnel.server.state = ConnectionState.OPEN
    assert play(closing).closed == [tunnel.client, tunnel.server]


@pytest.mark.parametrize("data", [HELLO, b"\x16\xfe\xff" + bytes(60), b"\xc3\x00\x00\x00\x01" + bytes(1200), bytes(40)])
def test_datagrams_are_closed_whatever_they_are(tunnel: Context, data: bytes) -> None:
    tunnel.client.transport_protocol = "udp"
    assert type(chosen(tunnel, data)) is ClosingLayer
