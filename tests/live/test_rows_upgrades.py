"""Rows on upgrades: the origin is never asked for another protocol, and one that switches unasked is cut off."""

import ssl

import pytest
from live.client import get, raw, raw_tls
from live.gateways import Gateway
from live.origin import Exchange, Origin
from live.plays import answer, informational, switch, websocket
from live.withheld import assert_withheld, parse
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import connect as websocket_connect

TEXT = b"<p>ordinary</p>" * 100
ASKS = [
    ("Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
    ("Upgrade: h2c", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"),
    ("Upgrade: TLS/1.3",),
    ("Upgrade: something",),
    ("Upgrade: connect-udp", "Capsule-Protocol: ?1"),
    ("Upgrade: webtransport", "Sec-WebTransport-HTTP3-Draft02: 1"),
]


@pytest.mark.parametrize("asks", ASKS, ids=[asks[0] for asks in ASKS])
@pytest.mark.parametrize("secure", [False, True])
def test_not_asked_for(
    gateway: Gateway, origin: Origin, tls_origin: Origin, face_jpeg: bytes, asks: tuple[str, ...], secure: bool
) -> None:
    """The origin sees no Upgrade; one that switches all the same is refused, one that answers is passed on."""
    site = tls_origin if secure else origin

    def fetch(path: str) -> bytes:
        target = path if secure else site.url(path)
        request = get(target, *asks).replace(b"Connection: close", b"Connection: close, Upgrade")
        return raw_tls(gateway.proxy, gateway.ca, site.url(""), request) if secure else raw(gateway.proxy, request)

    site.route("/text", answer(TEXT))
    site.route("/switch", switch(face_jpeg))
    assert parse(fetch("/text")).body == TEXT
    assert_withheld(fetch("/switch"), face_jpeg, 502)
    for request in site.requests:
        assert request.header("Upgrade") is None
        assert request.header("HTTP2-Settings") is None
        assert not [name for name, _ in request.headers if name.startswith("sec-websocket")]
        assert "upgrade" not in (request.header("Connection") or "").lower()


@pytest.mark.parametrize("secure", [False, True])
def test_a_websocket_carries_nothing(
    gateway: Gateway, origin: Origin, tls_origin: Origin, face_jpeg: bytes, secure: bool
) -> None:
    site = tls_origin if secure else origin
    url = site.route("/ws", websocket(face_jpeg)).replace("http", "ws", 1)
    trust = ssl.create_default_context(cafile=gateway.ca) if secure else None
    with (
        pytest.raises(WebSocketException) as failed,
        websocket_connect(url, proxy=gateway.proxy, ssl=trust, compression=None),
    ):
        pass
    if isinstance(failed.value, InvalidStatus):
        assert failed.value.response.status_code == 502


@pytest.mark.parametrize("status", ["101 Switching Protocols", "101 x", "100 Continue"])
def test_a_switch_after_a_head(gateway: Gateway, origin: Origin, face_jpeg: bytes, status: str) -> None:
    def play(exchange: Exchange) -> None:
        exchange.send(informational(status, [("Upgrade", "x"), ("Connection", "Upgrade")]) + face_jpeg)

    assert_withheld(raw(gateway.proxy, get(origin.route("/x", play))), face_jpeg, 502)
    assert parse(raw(gateway.proxy, get(origin.route("/text", answer(TEXT))))).body == TEXT
