"""HTTP/1, bounded: heads, chunk extensions and trailers cost no more than they may, from the origin and the client.

mitmproxy's own readers keep whatever arrives before the end of a head, count no byte of chunk extensions, take a 103
for the final response and crash over trailers.
"""

import re
from typing import Any, ClassVar

import h11
from h11._readers import ChunkedReader
from h11._receivebuffer import ReceiveBuffer
from mitmproxy.net.http import http1
from mitmproxy.proxy import commands, events, layer
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http._base import ReceiveHttp
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    HttpEvent,
    RequestHeaders,
    RequestProtocolError,
    ResponseHeaders,
    ResponseProtocolError,
)
from mitmproxy.proxy.layers.http._http1 import Http1Client, Http1Server, make_body_reader

from facegate_addons.domain.limits import HEAD_MAX
from facegate_addons.wire.scrub import constant_error
from facegate_addons.wire.userinfo import RequestHeads

UNREAD_MAX = HEAD_MAX  # bytes that wait for the end of a head or of a chunk's line
INTERIM_MAX = 32  # interim responses before the final one: two thousand fit into one read, and each is parsed
AHEAD_MAX = 1 << 20  # bytes of requests that a client sends ahead, while one is being answered
FRAMING_MAX = 64 << 10  # bytes of framing a body may have for nothing ...
FRAMING_RATIO = 8  # ... and for each byte of a small body: a one-byte chunk takes 6
SMALL_MAX = 64 << 10  # bytes of it; beyond, each byte pays for one: chunks of five bytes may go on for ever

_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})\r\n")  # no extension: h11 has those


class BoundedHttp1Client(Http1Client):
    """Replaces mitmproxy's Http1Client, the side that talks to the origin."""

    _interim = 0  # responses before this one
    _received = 0  # bytes of this response on the wire
    _body = 0  # bytes of its body

    def _handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        if isinstance(event, events.DataReceived):
            self._received += len(event.data)
        for command in super()._handle_event(event):
            if isinstance(command, ReceiveHttp) and isinstance(command.event, self.ReceiveData):
                self._body += len(command.event.data)
            yield command
        if isinstance(event, events.DataReceived) and self._excessive() and self.stream_id is not None:
            yield from self._fail()

    def _excessive(self) -> bool:
        return len(self.buf) > UNREAD_MAX or too_much_framing(self._received, self._body)

    def _fail(self) -> layer.CommandGenerator[None]:
        """The message reaches logs, so it says nothing of what was received."""
        assert self.stream_id is not None
        self.state = self.done
        yield commands.CloseConnection(self.conn)
        error = ResponseProtocolError(self.stream_id, "invalid response", ErrorCode.GENERIC_SERVER_ERROR)
        yield ReceiveHttp(error)

    def read_headers(self, event: events.ConnectionEvent) -> layer.CommandGenerator[None]:
        if self.request is None or not isinstance(event, events.DataReceived):
            if isinstance(event, events.DataReceived):  # nothing was asked for
                yield commands.CloseConnection(self.conn)
            elif self.stream_id is not None:
                yield from self._fail()
            elif isinstance(event, events.ConnectionClosed):
                yield commands.CloseConnection(self.conn)
            return
        while lines := self.buf.maybe_extract_lines():
            if sum(map(len, lines)) > UNREAD_MAX:  # it came in one piece, so it never waited
                yield from self._fail()
                return
            try:
                response = http1.read_response_head([bytes(line) for line in lines])
                size = http1.expected_http_body_size(self.request, response)
            except ValueError:
                yield from self._fail()
                return
            unasked = response.status_code == 101 and self.request.headers.get("Upgrade", "") != "websocket"
            is_interim = response.status_code < 200 and response.status_code != 101
            self._interim += is_interim
            if unasked or not 100 <= response.status_code <= 599 or self._interim > INTERIM_MAX:
                yield from self._fail()
                return
            if is_interim:
                continue  # an interim response: the final one is still to come
            self.response = response
            self._received, self._body, self._interim = len(self.buf), 0, 0
            assert self.stream_id is not None
            yield ReceiveHttp(ResponseHeaders(self.stream_id, response, size == 0))
            self.body_reader = make_body_reader(size)
            self.state = self.read_body
            yield from self.state(event)
            return


class BoundedHttp1Server(Http1Server):
    """Replaces mitmproxy's Http1Server, the side that talks to the client: anybody may write to it, job or not."""

    leaving: ClassVar[bool] = False  # this process ends soon: the next answer on each connection is its last
    _received = 0  # bytes of this request's body on the wire
    _body = 0  # bytes of it

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.buf = RequestHeads()

    def _excessive(self) -> bool:
        waits_for = AHEAD_MAX if self.state == self.wait else UNREAD_MAX
        is_body = self.state == self.read_body
        return len(self.buf) > waits_for or (is_body and too_much_framing(self._received, self._body))

    def send(self, event: HttpEvent) -> layer.CommandGenerator[None]:
        if self.leaving and isinstance(event, ResponseHeaders) and not self._becomes_another(event):
            event.response.headers["Connection"] = "close"  # which is kept, and tells the client not to ask here again
        yield from super().send(event)

    def _becomes_another(self, event: ResponseHeaders) -> bool:
        """A tunnel or a WebSocket: its head says what the connection is from now on."""
        return event.response.status_code == 101 or (self.request is not None and self.request.method == "CONNECT")

    def _handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        if isinstance(event, events.DataReceived) and self.state == self.read_body:
            self._received += len(event.data)
        for command in super()._handle_event(event):
            if isinstance(command, ReceiveHttp) and isinstance(command.event, self.ReceiveData):
                self._body += len(command.event.data)
            elif isinstance(command, ReceiveHttp) and isinstance(command.event, RequestHeaders):
                self._received, self._body = len(self.buf), 0
            yield command
        if isinstance(event, events.DataReceived) and self._excessive():
            if self.state == self.read_headers:
                yield commands.SendData(self.conn, constant_error(431))
            else:
                error = RequestProtocolError(self.stream_id, "invalid request", ErrorCode.GENERIC_CLIENT_ERROR)
                yield ReceiveHttp(error)
            self.state = self.done
            self.buf = ReceiveBuffer()
            yield commands.CloseConnection(self.conn)


def too_much_framing(received: int, body: int) -> bool:
    """`received`: bytes of the message on the wire; `body`: of them, what is body."""
    paid = FRAMING_RATIO * min(body, SMALL_MAX) + max(0, body - SMALL_MAX)
    return received - body > UNREAD_MAX + FRAMING_MAX + paid


class TrailerlessChunkedReader(ChunkedReader):
    """Replaces h11's reader in mitmproxy: trailers are read and forgotten, and chunks that are there as a whole are one
    piece. Ten thousand of one byte, which fit into one read, would hold up the event loop for most of a second."""

    def __call__(self, buf: Any) -> Any:
        if not self._reading_trailer and not self._bytes_in_chunk and (data := self._whole(buf)):
            return h11.Data(data=data)
        event = super().__call__(buf)
        return h11.EndOfMessage() if isinstance(event, h11.EndOfMessage) else event

    def _whole(self, buf: ReceiveBuffer) -> bytes:
        """The bodies of all whole chunks at the front; what is not one by the letter is left for h11 to judge."""
        data = bytes(buf)
        at = len(self._bytes_to_discard)
        if data[:at] != self._bytes_to_discard:
            return b""
        pieces = []
        while head := _CHUNK.match(data, at):
            start, size = head.end(), int(head[1], 16)
            if not size or data[start + size : start + size + 2] != b"\r\n":
                break
            pieces.append(data[start : start + size])
            at = start + size + 2
        if pieces:
            self._bytes_to_discard = b""
            buf.maybe_extract_at_most(at)
        return b"".join(pieces)
