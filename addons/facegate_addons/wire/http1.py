"""HTTP/1 from the origin, bounded: heads, chunk extensions and trailers cost no more than they may.

mitmproxy's own reader keeps whatever arrives before the end of a head, counts no byte of chunk extensions, takes a 103
for the final response and crashes over trailers.
"""

from typing import Any

import h11
from h11._readers import ChunkedReader
from mitmproxy.net.http import http1
from mitmproxy.proxy import commands, events, layer
from mitmproxy.proxy.layers.http._base import ReceiveHttp
from mitmproxy.proxy.layers.http._events import ErrorCode, ResponseHeaders, ResponseProtocolError
from mitmproxy.proxy.layers.http._http1 import Http1Client, make_body_reader

UNREAD_MAX = 64 << 10  # bytes that wait for the end of a head or of a chunk's line
FRAMING_MAX = 64 << 10  # bytes of framing a body may have for nothing ...
FRAMING_RATIO = 8  # ... and for each byte of body: a one-byte chunk takes 6


class BoundedHttp1Client(Http1Client):
    """Replaces mitmproxy's Http1Client, the side that talks to the origin."""

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
        framing = self._received - self._body
        return len(self.buf) > UNREAD_MAX or framing > UNREAD_MAX + FRAMING_MAX + FRAMING_RATIO * self._body

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
            try:
                response = http1.read_response_head([bytes(line) for line in lines])
                size = http1.expected_http_body_size(self.request, response)
            except ValueError:
                yield from self._fail()
                return
            if response.status_code == 101:
                yield from self._fail()
                return
            if response.status_code < 200:
                continue  # an interim response: the final one is still to come
            self.response = response
            self._received, self._body = len(self.buf), 0
            assert self.stream_id is not None
            yield ReceiveHttp(ResponseHeaders(self.stream_id, response, size == 0))
            self.body_reader = make_body_reader(size)
            self.state = self.read_body
            yield from self.state(event)
            return


class TrailerlessChunkedReader(ChunkedReader):
    """Replaces h11's reader in mitmproxy: trailers are read and forgotten."""

    def __call__(self, buf: Any) -> Any:
        event = super().__call__(buf)
        return h11.EndOfMessage() if isinstance(event, h11.EndOfMessage) else event
