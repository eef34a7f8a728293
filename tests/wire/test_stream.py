"""The seal's second half without sockets: nothing reaches the client connection that lacks the mark."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from facegate_addons.domain.job import Job
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.exchange import Sealed, exchange_of
from mitmproxy import http
from mitmproxy.flow import Error
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import HttpLayer, HTTPMode

REQUEST = b"GET http://origin/ HTTP/1.1\r\nHost: origin\r\n\r\n"
SECRET = b"SECRET bytes of a face"
REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(SECRET) + SECRET

Asked = tuple[bytes, Any]


def grant(flow: http.HTTPFlow) -> None:
    exchange = exchange_of(flow)
    exchange.job, exchange.may_leave = Job("crawl", "acme"), True


def seal(flow: http.HTTPFlow) -> None:
    assert flow.response is not None
    assert flow.response.data.content is not None
    exchange_of(flow).sealed = Sealed(flow.response, flow.response.data.content)


@pytest.fixture
def ask(context: Context, play: Any) -> Callable[..., Asked]:
    def ask(reply: bytes = REPLY, request_bytes: bytes = REQUEST, **hooks: Callable[[http.HTTPFlow], None]) -> Asked:
        """What the client gets when the origin plays `reply`, and the play."""
        played = play(HttpLayer(context, HTTPMode.regular), **hooks)
        played.data(context.client, request_bytes)
        servers = [connection for connection in played._sent if connection is not context.client]
        if servers:
            played.data(servers[0], reply)
        return played.sent(context.client), played

    return ask


def refused(reply: bytes, status: int = 502) -> str:
    """The reason of what has to be a refusal, without a byte of the origin's."""
    head, _, body = reply.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status), reply
    assert b"SECRET" not in reply
    return str(json.loads(body)["reason"])


def test_a_request_that_nobody_granted_does_not_leave(ask: Callable[..., Asked]) -> None:
    reply, played = ask()
    assert refused(reply)
    assert played.opened == 0


def test_what_is_not_sealed_does_not_come_back(ask: Callable[..., Asked]) -> None:
    reply, played = ask(request=grant)
    assert refused(reply) == "internal"
    assert played.opened == 1


def test_what_is_sealed_comes_back_as_it_is(ask: Callable[..., Asked]) -> None:
    reply, _ = ask(request=grant, response=seal)
    assert reply == REPLY


def test_another_body_than_the_sealed_one_does_not(ask: Callable[..., Asked]) -> None:
    def seal_then_change(flow: http.HTTPFlow) -> None:
        seal(flow)
        assert flow.response is not None
        flow.response.data.content = SECRET + b"!"

    reply, _ = ask(request=grant, response=seal_then_change)
    assert refused(reply)


def test_another_response_than_the_sealed_one_does_not(ask: Callable[..., Asked]) -> None:
    def seal_then_swap(flow: http.HTTPFlow) -> None:
        seal(flow)
        flow.response = http.Response.make(200, SECRET)

    reply, _ = ask(request=grant, response=seal_then_swap)
    assert refused(reply)


def test_nothing_is_streamed(ask: Callable[..., Asked]) -> None:
    def stream(flow: http.HTTPFlow) -> None:
        assert flow.response is not None
        flow.response.stream = True

    reply, played = ask(request=grant, responseheaders=stream)
    assert refused(reply) == "internal"
    assert "response" in played.hooked  # the chain sees the whole body first


def test_a_request_is_not_streamed_either(ask: Callable[..., Asked]) -> None:
    def stream(flow: http.HTTPFlow) -> None:
        grant(flow)
        flow.request.stream = True

    upload = b"POST http://origin/ HTTP/1.1\r\nHost: origin\r\nContent-Length: 5\r\n\r\nhello"
    reply, played = ask(request_bytes=upload, requestheaders=stream)
    assert b"SECRET" not in reply
    assert played.opened == 0


@pytest.mark.parametrize(
    ("reply", "status", "reason"),
    [
        (b"SECRET is no HTTP\r\n\r\n", 502, "origin-protocol"),
        (b"HTTP/1.1 101 SECRET\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nSECRET", 502, "origin-protocol"),
    ],
)
def test_an_error_page_of_mitmproxy_becomes_a_refusal(
    ask: Callable[..., Asked], reply: bytes, status: int, reason: str
) -> None:
    got, played = ask(reply, request=grant, response=seal)
    assert refused(got, status) == reason
    assert "error" in played.hooked  # the audit hears of it


def test_trailers_never_leave(ask: Callable[..., Asked]) -> None:
    def add_trailers(flow: http.HTTPFlow) -> None:
        seal(flow)
        assert flow.response is not None
        flow.response.trailers = http.Headers(x_face="SECRET")

    reply, _ = ask(request=grant, response=add_trailers)
    assert reply == REPLY


@pytest.mark.parametrize(
    ("hook", "request_bytes"),
    [
        ("requestheaders", REQUEST),
        ("http_connect", b"CONNECT origin:443 HTTP/1.1\r\nHost: origin:443\r\n\r\n"),
    ],
)
def test_who_is_hung_up_on_is_answered_first(
    ask: Callable[..., Asked], context: Context, hook: str, request_bytes: bytes
) -> None:
    def hang_up(flow: http.HTTPFlow) -> None:
        exchange_of(flow).refuse(Reason.BAD_CREDENTIALS)
        flow.error = Error(Error.KILLED_MESSAGE)

    reply, played = ask(request_bytes=request_bytes, **{hook: hang_up})
    assert refused(reply, 407) == "bad-credentials"
    assert context.client in played.closed
    assert played.opened == 0
