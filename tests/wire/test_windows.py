"""Windows without sockets: what the seal has not marked does not leave, and the stream is over."""

from collections.abc import Callable
from typing import Any

import pytest
from facegate_addons.domain.job import Job
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.cutting import cutter
from facegate_addons.hooks.exchange import Sealed, Stream, exchange_of
from mitmproxy import http
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import HttpLayer, HTTPMode

REQUEST = b"GET http://origin/ HTTP/1.1\r\nHost: origin\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
EVENTS = [b"data: %d\n\n" % at for at in range(3)]


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def grant(flow: http.HTTPFlow) -> None:
    exchange_of(flow).job, exchange_of(flow).may_leave = Job("crawl", "acme"), True


def begin(flow: http.HTTPFlow) -> None:
    cuts = cutter("text/event-stream")
    assert cuts is not None
    exchange_of(flow).stream = Stream(cuts, 0.0)


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
            exchange.refuse(Reason.INTERNAL)
            return
        if not exchange.stream.begun:
            exchange.stream.begun = True
            flow.response.data.content = data
        exchange.sealed = Sealed(flow.response, data)

    return window


@pytest.fixture
def stream(context: Context, play: Any) -> Callable[..., tuple[bytes, Any]]:
    def stream(*pieces: bytes, window: Callable[[http.HTTPFlow], None]) -> tuple[bytes, Any]:
        played = play(
            HttpLayer(context, HTTPMode.regular), requestheaders=grant, responseheaders=begin, stream_window=window
        )
        played.data(context.client, REQUEST)
        (server,) = (connection for connection in played._sent if connection is not context.client)
        for piece in pieces:
            played.data(server, piece)
        return played.sent(context.client), played

    return stream


def test_windows_that_are_sealed_leave(stream: Callable[..., tuple[bytes, Any]]) -> None:
    sent, played = stream(HEAD, *map(chunk, EVENTS), b"0\r\n\r\n", window=sealing())
    assert sent.endswith(b"".join(map(chunk, EVENTS)) + b"0\r\n\r\n")
    assert "stream_end" in played.hooked
    assert "response" not in played.hooked


def test_a_window_that_is_not_sealed_ends_it(stream: Callable[..., tuple[bytes, Any]]) -> None:
    sent, played = stream(HEAD, *map(chunk, EVENTS), b"0\r\n\r\n", window=sealing(EVENTS[1]))
    assert sent.endswith(chunk(EVENTS[0]))
    assert "error" in played.hooked
    assert "stream_end" not in played.hooked


def test_a_hook_that_does_nothing_lets_nothing_out(stream: Callable[..., tuple[bytes, Any]]) -> None:
    sent, _ = stream(HEAD, *map(chunk, EVENTS), window=lambda _flow: None)
    assert b"data:" not in sent
    assert sent.startswith(b"HTTP/1.1 502 ")


def test_another_object_with_the_same_bytes_does_not_count(stream: Callable[..., tuple[bytes, Any]]) -> None:
    def window(flow: http.HTTPFlow) -> None:
        sealing()(flow)
        assert flow.response is not None
        exchange_of(flow).sealed = Sealed(flow.response, bytes(bytearray(EVENTS[0])))

    assert b"data:" not in stream(HEAD, chunk(EVENTS[0]), window=window)[0]
