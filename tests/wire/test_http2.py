"""The layer, and a client that is the h2 package's."""

import struct

import h2.config
import h2.connection
import h2.errors
import h2.events
import pytest
from facegate_addons.wire.frames import BURST
from facegate_addons.wire.http2 import BoundedHttp2Client, LeavingHttp2Server, joined
from mitmproxy.connection import ConnectionState
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http._base import ReceiveHttp
from mitmproxy.proxy.layers.http._events import (
    RequestEndOfMessage,
    RequestHeaders,
    ResponseData,
    ResponseEndOfMessage,
    ResponseHeaders,
    ResponseProtocolError,
)
from mitmproxy.test import tutils

HEAD = [(":method", "GET"), (":scheme", "https"), (":authority", "origin"), (":path", "/")]


class Talk:
    """A client and the layer; `heard` is what the client made of what it was sent."""

    def __init__(self, context: Context) -> None:
        self.client = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True))
        self.client.initiate_connection()
        self.heard: list[h2.events.Event] = []
        self.asked: list[int] = []
        self.closed = False
        self._conn = context.client
        self._server = LeavingHttp2Server(context)
        self.feed(events.Start())

    def feed(self, event: events.Event) -> None:
        for command in self._server.handle_event(event):
            if isinstance(command, commands.SendData):
                self.heard += self.client.receive_data(command.data)
            elif isinstance(command, commands.CloseConnection):
                self.closed = True
            elif isinstance(command, ReceiveHttp) and isinstance(command.event, RequestHeaders):
                self.asked.append(command.event.stream_id)

    def send(self) -> None:
        self.feed(events.DataReceived(self._conn, self.client.data_to_send()))

    def ask(self) -> int:
        stream = int(self.client.get_next_available_stream_id())
        self.client.send_headers(stream, HEAD, end_stream=True)
        self.send()
        return stream

    def answer(self, stream: int, size: int = 0) -> None:
        self.feed(ResponseHeaders(stream, tutils.tresp(content=b"", headers=()), False))
        if size:
            self.feed(ResponseData(stream, b"x" * size))
        self.feed(ResponseEndOfMessage(stream))

    def hang_up(self) -> None:
        self._conn.state &= ~ConnectionState.CAN_READ
        self.feed(events.ConnectionClosed(self._conn))

    @property
    def parted(self) -> list[int]:
        """The last stream that counts, each time that GOAWAY told it."""
        found = [event for event in self.heard if isinstance(event, h2.events.ConnectionTerminated)]
        assert not any(event.error_code for event in found)
        return [event.last_stream_id for event in found]

    @property
    def ended(self) -> list[int]:
        return [event.stream_id for event in self.heard if isinstance(event, h2.events.StreamEnded)]


@pytest.fixture
def talk(context: Context) -> Talk:
    return Talk(context)


@pytest.fixture
def leaving(monkeypatch: pytest.MonkeyPatch, talk: Talk) -> None:
    monkeypatch.setattr(LeavingHttp2Server, "leaving", True)


def test_a_process_that_stays_says_nothing(talk: Talk) -> None:
    talk.answer(talk.ask())
    talk.answer(talk.ask())
    assert (talk.ended, talk.parted) == ([1, 3], [])


def test_a_client_is_told_after_its_last_answer(talk: Talk, leaving: None) -> None:
    first, second = talk.ask(), talk.ask()
    talk.answer(second)
    assert talk.parted == []  # the other one is still under way
    talk.answer(first)
    assert (talk.ended, talk.parted) == ([second, first], [second])
    assert not talk.closed
    talk.hang_up()
    assert talk.closed


def test_an_answer_that_waits_for_room_comes_first(talk: Talk, leaving: None) -> None:
    size = 100_000  # more than the 65,535 bytes of the window
    talk.answer(talk.ask(), size)
    assert talk.parted == []
    talk.client.increment_flow_control_window(size)
    talk.client.increment_flow_control_window(size, 1)
    talk.send()
    assert sum(len(event.data) for event in talk.heard if isinstance(event, h2.events.DataReceived)) == size
    assert (talk.ended, talk.parted) == ([1], [1])


def test_a_connection_without_a_request_waits_for_its_first(talk: Talk, leaving: None) -> None:
    talk.send()  # the preface
    assert talk.parted == []
    talk.answer(talk.ask())
    assert talk.parted == [1]


def test_a_request_that_was_on_its_way_is_left_to_another(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = Talk(context)
    talk.answer(talk.ask())
    talk.client.send_headers(3, HEAD, end_stream=True)
    late = talk.client.data_to_send()
    monkeypatch.setattr(LeavingHttp2Server, "leaving", True)
    talk.client.ping(b"12345678")
    talk.send()
    assert talk.parted == [1]  # so 3 was not looked at, and may be asked for again
    talk.feed(events.DataReceived(context.client, late))
    assert (talk.asked, talk.closed) == ([1], False)


def test_who_hung_up_already_is_told_nothing(talk: Talk, leaving: None) -> None:
    talk.ask()
    talk.hang_up()
    assert (talk.closed, talk.parted) == (True, [])


def reset(stream: int) -> bytes:
    return b"\x00\x00\x04\x03\x00" + struct.pack(">II", stream, 8)


def test_requests_that_are_taken_back_at_once_end_the_connection(talk: Talk) -> None:
    for _ in range(int(BURST)):
        if talk.closed:
            break
        stream = talk.client.get_next_available_stream_id()
        talk.client.send_headers(stream, HEAD, end_stream=True)
        talk.client.reset_stream(stream)
        talk.send()
    assert talk.closed
    assert len(talk.asked) < BURST
    (gone,) = [event for event in talk.heard if isinstance(event, h2.events.ConnectionTerminated)]
    assert gone.error_code == h2.errors.ErrorCodes.ENHANCE_YOUR_CALM


def test_what_an_origin_floods_with_ends_in_an_error_of_its_request(context: Context) -> None:
    context.server.state = ConnectionState.OPEN
    client = BoundedHttp2Client(context)
    list(client.handle_event(events.Start()))
    list(client.handle_event(RequestHeaders(1, tutils.treq(content=b""), end_stream=True)))
    list(client.handle_event(RequestEndOfMessage(1)))
    pings = b"\x00\x00\x08\x06\x00\x00\x00\x00\x00" + bytes(8)
    settings = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
    commanded = list(client.handle_event(events.DataReceived(context.server, settings + pings * 2_000)))
    assert any(isinstance(command, commands.CloseConnection) for command in commanded)
    told = [command.event for command in commanded if isinstance(command, ReceiveHttp)]
    assert [(type(event), event.stream_id) for event in told] == [(ResponseProtocolError, 1)]


def piece(stream: int, data: bytes, end: bool = False) -> h2.events.Event:
    ended = h2.events.StreamEnded(stream_id=stream) if end else None
    return h2.events.DataReceived(stream_id=stream, data=data, flow_controlled_length=len(data) + 1, stream_ended=ended)


def test_pieces_of_one_body_that_follow_each_other_are_one() -> None:
    ping = h2.events.PingReceived(ping_data=b"12345678")
    found = [piece(1, b"a"), piece(1, b"b"), piece(3, b"c"), ping, piece(3, b"d"), piece(3, b"", end=True)]
    out = joined(found)
    pieces = [event for event in out if isinstance(event, h2.events.DataReceived)]
    assert [(each.stream_id, each.data, each.flow_controlled_length) for each in pieces] == [
        (1, b"ab", 4),
        (3, b"c", 2),
        (3, b"d", 3),
    ]
    assert [bool(each.stream_ended) for each in pieces] == [False, False, True]
    assert out[2] is ping
