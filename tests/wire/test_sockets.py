"""A WebSocket without sockets: what the seal has not marked does not leave, and then it is over."""

from collections.abc import Callable
from typing import Any

import pytest
from facegate_addons.domain.job import Job
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.exchange import Sealed, Stream, exchange_of
from facegate_addons.hooks.handshake import Handshake
from facegate_addons.hooks.messages import Messages, frame
from mitmproxy import http
from mitmproxy.proxy import events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import HttpLayer, HTTPMode
from wsproto.frame_protocol import FrameProtocol, Opcode

SHAKE = Handshake("dGhlIHNhbXBsZSBub25jZQ==")
REQUEST = b"GET http://origin/ HTTP/1.1\r\nHost: origin\r\nUpgrade: websocket\r\n\r\n"
HEAD = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
ONE, TWO = frame(Opcode.TEXT, b"one"), frame(Opcode.TEXT, b"two")


def grant(flow: http.HTTPFlow) -> None:
    exchange_of(flow).job, exchange_of(flow).may_leave = Job("crawl", "acme"), True


def begin(flow: http.HTTPFlow) -> None:
    exchange_of(flow).stream = Stream(Messages(), 0.0)


def sealing(*refused: bytes) -> Callable[[http.HTTPFlow], None]:
    """What the chain does with a window, in short."""

    def window(flow: http.HTTPFlow) -> None:
        exchange = exchange_of(flow)
        exchange.sealed = None
        assert exchange.stream is not None
        assert exchange.stream.window is not None
        assert flow.response is not None
        data = exchange.stream.window.data
        if data in refused:
            exchange.refuse(Reason.FACES)
            return
        if not exchange.stream.begun:
            exchange.stream.begun = True
            flow.response.data.content = data
        exchange.sealed = Sealed(flow.response, data)

    return window


@pytest.fixture
def opened(context: Context, play: Any) -> Callable[..., tuple[Any, Any]]:
    """A socket whose head has come, and the connection to its origin."""

    def opened(window: Callable[[http.HTTPFlow], None], head: bytes = HEAD, **hooks: Any) -> tuple[Any, Any]:
        hooks = {"requestheaders": grant, "responseheaders": begin, "stream_window": window, **hooks}
        played = play(HttpLayer(context, HTTPMode.regular), **hooks)
        played.data(context.client, REQUEST)
        (server,) = (connection for connection in played._sent if connection is not context.client)
        played.data(server, head)
        return played, server

    return opened


def test_windows_that_are_sealed_leave(context: Context, opened: Callable[..., tuple[Any, Any]]) -> None:
    played, server = opened(sealing())
    assert played.sent(context.client) == HEAD
    played.data(server, ONE[:3])
    played.data(server, ONE[3:] + TWO)
    assert played.sent(context.client) == HEAD + ONE + TWO
    played.data(server, b"\x88\x00")
    assert played.sent(context.client) == HEAD + ONE + TWO + b"\x88\x00"
    assert "stream_end" in played.hooked
    assert "response" not in played.hooked
    assert {context.client, server} <= set(played.closed)


def test_a_window_that_is_not_sealed_ends_it(context: Context, opened: Callable[..., tuple[Any, Any]]) -> None:
    played, server = opened(sealing(TWO))
    played.data(server, ONE)
    played.data(server, TWO)
    assert played.sent(context.client) == HEAD + ONE + b"\x88\x11\x03\xf0facegate: faces"
    assert {context.client, server} <= set(played.closed)
    assert "error" in played.hooked
    played.data(server, ONE)
    assert played.sent(context.client).count(ONE) == 1


def test_a_hook_that_does_nothing_lets_nothing_out(context: Context, opened: Callable[..., tuple[Any, Any]]) -> None:
    played, server = opened(lambda _flow: None)
    assert played.sent(context.client).startswith(b"HTTP/1.1 502 ")
    assert server in played.closed


def test_another_object_with_the_same_bytes_does_not_count(
    context: Context, opened: Callable[..., tuple[Any, Any]]
) -> None:
    def window(flow: http.HTTPFlow) -> None:
        sealing()(flow)
        sealed = exchange_of(flow).sealed
        assert sealed is not None
        assert flow.response is not None
        if sealed.body:
            exchange_of(flow).sealed = Sealed(flow.response, bytes(bytearray(sealed.body)))

    played, server = opened(window)
    played.data(server, ONE)
    assert b"one" not in played.sent(context.client)


def test_a_switch_that_no_hook_granted(context: Context, opened: Callable[..., tuple[Any, Any]]) -> None:
    played, server = opened(sealing(), HEAD + ONE, responseheaders=lambda _flow: None)
    assert played.sent(context.client).startswith(b"HTTP/1.1 502 ")
    assert b"one" not in played.sent(context.client)
    assert server in played.closed


def test_a_response_put_in_its_place(context: Context, opened: Callable[..., tuple[Any, Any]]) -> None:
    def replace(flow: http.HTTPFlow) -> None:
        begin(flow)
        flow.response = http.Response.make(200, b"x")

    played, server = opened(sealing(), HEAD + ONE, responseheaders=replace)
    assert played.sent(context.client).startswith(b"HTTP/1.1 502 ")
    assert server in played.closed


def test_a_response_put_in_its_place_later(context: Context, opened: Callable[..., tuple[Any, Any]]) -> None:
    def window(flow: http.HTTPFlow) -> None:
        flow.response = http.Response.make(200, b"x")
        sealing()(flow)

    played, server = opened(window, HEAD + ONE)
    assert played.sent(context.client).startswith(b"HTTP/1.1 502 ")
    assert server in played.closed


def test_what_the_client_says_is_written_anew(context: Context, opened: Callable[..., tuple[Any, Any]]) -> None:
    played, server = opened(sealing())
    client, origin = FrameProtocol(client=True, extensions=[]), FrameProtocol(client=False, extensions=[])
    before = len(played.sent(server))
    said = (
        client.send_data("grü", fin=False) + client.ping(b"there?") + client.send_data("ße") + client.close(1001, "x")
    )
    for byte in said:
        played.data(context.client, bytes([byte]))
    origin.receive_bytes(played.sent(server)[before:])
    heard = [(each.opcode, each.payload, each.message_finished) for each in origin.received_frames()]
    assert heard == [
        (Opcode.TEXT, "grü", False),
        (Opcode.PING, b"there?", True),
        (Opcode.TEXT, "ße", True),
        (Opcode.CLOSE, (1001, "x"), True),
    ]
    assert played.sent(context.client) == HEAD + b"\x8a\x06there?" + b"\x88\x02\x03\xe9"
    assert "stream_end" in played.hooked


def test_a_client_that_leaves(context: Context, opened: Callable[..., tuple[Any, Any]]) -> None:
    played, server = opened(sealing())
    played.feed(events.ConnectionClosed(context.client))
    assert server in played.closed
    assert "error" in played.hooked
