from collections.abc import Callable

import pytest
from facegate_addons.wire import http1
from facegate_addons.wire.http1 import BoundedHttp1Client, BoundedHttp1Server
from mitmproxy.connection import ConnectionState
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http._base import ReceiveHttp
from mitmproxy.proxy.layers.http._events import (
    HttpEvent,
    RequestEndOfMessage,
    RequestHeaders,
    RequestProtocolError,
    ResponseData,
    ResponseEndOfMessage,
    ResponseHeaders,
    ResponseProtocolError,
)
from mitmproxy.test import tutils

Ask = Callable[..., list[HttpEvent]]
CLOSED = "closed"


@pytest.fixture
def ask(context: Context) -> Ask:
    def ask(*pieces: bytes | str, method: bytes = b"GET") -> list[HttpEvent]:
        """What the layer makes of an origin that answers with `pieces`, in which CLOSED ends the connection."""
        context.server.state = ConnectionState.OPEN
        client = BoundedHttp1Client(context)
        list(client.handle_event(events.Start()))
        request = tutils.treq(method=method, headers=((b"host", b"origin"),), content=b"")
        list(client.handle_event(RequestHeaders(1, request, end_stream=True)))
        list(client.handle_event(RequestEndOfMessage(1)))
        heard: list[HttpEvent] = []
        for piece in pieces:
            event: events.Event
            if isinstance(piece, bytes):
                event = events.DataReceived(context.server, piece)
            else:
                context.server.state &= ~ConnectionState.CAN_READ
                event = events.ConnectionClosed(context.server)
            commanded = list(client.handle_event(event))
            heard += [command.event for command in commanded if isinstance(command, ReceiveHttp)]
            if any(isinstance(command, commands.CloseConnection) for command in commanded):
                break
        return heard

    return ask


def body(heard: list[HttpEvent]) -> bytes:
    return b"".join(event.data for event in heard if isinstance(event, ResponseData))


def kinds(heard: list[HttpEvent]) -> list[type]:
    return [type(event) for event in heard]


@pytest.mark.parametrize(
    "reply",
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",),
        (b"HTTP/1.1 200 OK\r\n\r\nhello", CLOSED),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",),
        tuple(bytes([byte]) for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
    ],
    ids=["length", "chunked", "close", "after a 103", "byte by byte"],
)
def test_a_response_is_read_whole(ask: Ask, reply: tuple[bytes | str, ...]) -> None:
    heard = ask(*reply)
    assert body(heard) == b"hello"
    assert kinds(heard)[0] is ResponseHeaders
    assert kinds(heard)[-1] is ResponseEndOfMessage
    assert heard[0].response.status_code == 200


def test_trailers_are_read_and_forgotten(ask: Ask) -> None:
    heard = ask(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Face: abc\r\n\r\n")
    assert kinds(heard) == [ResponseHeaders, ResponseData, ResponseEndOfMessage]


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "reply",
    [
        (b"SECRET no http\r\n\r\n",),
        (b"HTTP/1.1 200 OK\r\nContent-Length: SECRET\r\n\r\n",),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: SECRET\r\n\r\nSECRET",),
        (b"HTTP/1.1 200 OK\r\nX: SECRET", CLOSED),
        (b"HTTP/1.1 200 OK\r\nX-SECRET: " + b"a" * http1.UNREAD_MAX,),
        (CHUNKED + b"5;SECRET=" + b"a" * http1.UNREAD_MAX,),
        (b"HTTP/1.1 103 SECRET\r\n\r\n" * (http1.INTERIM_MAX + 1),),
        (CHUNKED, *(b"1;SECRET=" + b"a" * 4096 + b"\r\nx\r\n" for _ in range(100))),
    ],
    ids=["no HTTP", "bad length", "101", "cut", "endless head", "endless extension", "many interim", "much framing"],
)
def test_what_is_no_response_ends_in_one_error_that_quotes_nothing(ask: Ask, reply: tuple[bytes | str, ...]) -> None:
    heard = ask(*reply)
    assert isinstance(heard[-1], ResponseProtocolError)
    assert heard[-1].message == "invalid response"
    assert kinds(heard).count(ResponseProtocolError) == 1


def test_some_interim_responses_are_waited_out_for_each_request(ask: Ask) -> None:
    heard = ask(b"HTTP/1.1 103 Early\r\n\r\n" * http1.INTERIM_MAX + b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    assert body(heard) == b"ok"


def test_one_byte_chunks_are_still_allowed(ask: Ask) -> None:
    heard = ask(CHUNKED + b"1\r\nx\r\n" * 50_000 + b"0\r\n\r\n")
    assert body(heard) == b"x" * 50_000
    assert kinds(heard)[-1] is ResponseEndOfMessage
    assert kinds(heard).count(ResponseData) == 1


def test_one_byte_chunks_without_end_are_not(ask: Ask) -> None:
    heard = ask(CHUNKED, *[b"1\r\nx\r\n" * 10_000] * 30)
    assert kinds(heard)[-1] is ResponseProtocolError
    assert len(body(heard)) < 200_000


def test_chunks_of_five_bytes_are(ask: Ask) -> None:
    heard = ask(CHUNKED, *[b"5\r\nhello\r\n" * 10_000] * 30, b"0\r\n\r\n")
    assert len(body(heard)) == 1_500_000
    assert kinds(heard)[-1] is ResponseEndOfMessage


CHUNKS = b"5\r\nhello\r\n1;x=y\r\n \r\n00005\r\nworld\r\nB\r\n0123456789a\r\n0\r\n\r\n"


@pytest.mark.parametrize("size", range(1, 30))
def test_chunks_are_read_however_they_are_cut(ask: Ask, size: int) -> None:
    heard = ask(CHUNKED, *(CHUNKS[at : at + size] for at in range(0, len(CHUNKS), size)))
    assert body(heard) == b"hello world0123456789a"
    assert kinds(heard)[-1] is ResponseEndOfMessage


@pytest.mark.parametrize(
    "chunks",
    [
        b"5\r\nhello\r\n5\r\nworldly\r\n",
        b"5\r\nhello\r\n+5\r\nworld\r\n",
        b"5\r\nhello\r\n0x5\r\nworld\r\n",
        b"5\r\nhello\r\n5 5\r\nworld\r\n",
        b"5\r\nhello\r\n\r\n",
        b"5\r\nhello\n\n5\r\nworld\r\n",
        b"5\r\nhello\r\n" + b"f" * 21 + b"\r\n",
    ],
)
def test_what_is_no_chunk_is_an_error_behind_one_too(ask: Ask, chunks: bytes) -> None:
    heard = ask(CHUNKED, chunks + b"0\r\n\r\n")
    assert kinds(heard)[-1] is ResponseProtocolError
    assert ResponseEndOfMessage not in kinds(heard)


def test_credentials_in_a_request_target_become_the_proxys(context: Context) -> None:
    server = BoundedHttp1Server(context)
    list(server.handle_event(events.Start()))
    data = b"GET http://job:token@origin/ HTTP/1.1\r\nHost: origin\r\n\r\n"
    commanded = list(server.handle_event(events.DataReceived(context.client, data)))
    (request,) = [
        c.event.request for c in commanded if isinstance(c, ReceiveHttp) and isinstance(c.event, RequestHeaders)
    ]
    assert (request.host, request.authority) == ("origin", "origin")
    assert request.headers["Proxy-Authorization"] == "Basic am9iOnRva2Vu"


def test_a_request_in_one_byte_chunks_without_end_is_cut(context: Context) -> None:
    context.client.state = ConnectionState.OPEN
    server = BoundedHttp1Server(context)
    list(server.handle_event(events.Start()))
    head = b"POST http://origin/ HTTP/1.1\r\nHost: origin\r\nTransfer-Encoding: chunked\r\n\r\n"
    list(server.handle_event(events.DataReceived(context.client, head)))
    for _ in range(30):
        commanded = list(server.handle_event(events.DataReceived(context.client, b"1\r\nx\r\n" * 10_000)))
        if any(isinstance(command, commands.CloseConnection) for command in commanded):
            break
    else:
        raise AssertionError("never")
    told = [command.event for command in commanded if isinstance(command, ReceiveHttp)]
    assert type(told[-1]) is RequestProtocolError


def answered(context: Context, method: str = "GET", status: int = 200) -> bytes:
    """What a client is sent for one request, and CLOSED where its connection ends after that."""
    context.client.state = ConnectionState.OPEN
    server = BoundedHttp1Server(context)
    list(server.handle_event(events.Start()))
    target = "origin:443" if method == "CONNECT" else "http://origin/"
    head = f"{method} {target} HTTP/1.1\r\nHost: origin\r\n\r\n".encode()
    list(server.handle_event(events.DataReceived(context.client, head)))
    said: list[commands.Command] = []
    for event in (ResponseHeaders(1, tutils.tresp(content=b"", status_code=status), True), ResponseEndOfMessage(1)):
        said += server.handle_event(event)
    closed = any(isinstance(command, commands.CloseConnection) for command in said)
    return b"".join(c.data for c in said if isinstance(c, commands.SendData)) + (CLOSED.encode() if closed else b"")


def test_a_process_that_leaves_says_so_in_its_answers(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    assert b"Connection: close" not in answered(context)
    monkeypatch.setattr(BoundedHttp1Server, "leaving", True)
    leaving = answered(context)
    assert b"\r\nConnection: close\r\n" in leaving
    assert leaving.endswith(CLOSED.encode())


@pytest.mark.parametrize(("method", "status"), [("CONNECT", 200), ("GET", 101)])
def test_what_becomes_another_protocol_is_left_as_it_is(
    context: Context, monkeypatch: pytest.MonkeyPatch, method: str, status: int
) -> None:
    monkeypatch.setattr(BoundedHttp1Server, "leaving", True)
    assert b"Connection: close" not in answered(context, method, status)
