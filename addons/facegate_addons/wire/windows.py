"""A response's body in windows: each waits, at its hook, for the look at it, and leaves only if it was sealed there.

mitmproxy's own streaming hands bytes to a function that cannot wait. Here the layer itself waits, as it does for any
hook; meanwhile the origin is not read from, and what it had sent before is bounded. Once one window did not pass the
stream is over, for both sides.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from mitmproxy import http
from mitmproxy.flow import Error
from mitmproxy.proxy import events, layer
from mitmproxy.proxy.commands import StartHook
from mitmproxy.proxy.layers import http as layers
from mitmproxy.proxy.layers.http import SendHttp
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    RequestProtocolError,
    ResponseData,
    ResponseEndOfMessage,
    ResponseHeaders,
    ResponseProtocolError,
)
from mitmproxy.proxy.layers.http._hooks import HttpErrorHook

from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.cutting import Overlong, Window
from facegate_addons.hooks.exchange import Stream, exchange_of

AHEAD_MAX = 8 << 20  # bytes that arrived while a window was looked at
AHEAD_EVENTS = 20_000  # pieces in which they arrived
TOGETHER = 256 << 10  # bytes that are cut into windows at once


@dataclass
class StreamWindowHook(StartHook):
    """A window of a stream is complete: `exchange.stream.window`. It leaves only if the seal says so."""

    flow: http.HTTPFlow  # mitmproxy gives a hook one argument


@dataclass
class StreamEndHook(StartHook):
    """The origin ended a stream, and all of it has left. In place of the response hook."""

    flow: http.HTTPFlow


class WindowedStream(layers.HttpStream):
    """The part of SealedStream that handles streams."""

    _ahead = 0
    _held = b""
    _stream: Stream | None = None

    def handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        if self._paused and isinstance(event, ResponseData):
            self._ahead += len(event.data)
            if self._ahead > AHEAD_MAX or len(self._paused_event_queue) > AHEAD_EVENTS:
                exchange_of(self.flow).refuse(Reason.LIMIT_BODY)
                return  # what is left of it is cut as soon as the layer goes on
        yield from super().handle_event(event)

    def state_consume_response_body(self, event: events.Event) -> layer.CommandGenerator[None]:
        exchange = exchange_of(self.flow)
        self._stream = stream = self._stream or exchange.stream
        if stream is None:
            yield from super().state_consume_response_body(event)
        elif exchange.refused or exchange.stream is not stream:
            yield from self._cut()
        elif isinstance(event, ResponseData):
            if data := self._together(event):
                yield from self._pass(stream, stream.cutter.feed(data))
        elif isinstance(event, ResponseEndOfMessage):
            yield from self._end(stream)

    def _together(self, event: ResponseData) -> bytes:
        """What arrived while a window was looked at is cut at once; b"" while there is more of it."""
        self._held += event.data
        more = bool(self._paused_event_queue) and isinstance(self._paused_event_queue[0], ResponseData)
        if not more:
            self._ahead = 0
        if more and len(self._held) < TOGETHER:
            return b""
        data, self._held = self._held, b""
        return data

    def _pass(self, stream: Stream, windows: Iterator[Window]) -> layer.CommandGenerator[bool]:
        """Each window in its turn. False once one did not pass: then the stream is over."""
        exchange = exchange_of(self.flow)
        response = self.flow.response
        assert response is not None
        while True:
            try:
                window = next(windows, None)
            except Overlong as limit:
                exchange.refuse(limit.reason)
                window = None
            if window is not None:
                first = not stream.begun
                stream.window = window
                yield StreamWindowHook(self.flow)
                exchange = exchange_of(self.flow)
                if self.flow.response is not response:  # it is the origin's that goes on
                    exchange.refuse(Reason.INTERNAL)
                if not (exchange.refused or exchange.sealed is None or exchange.sealed.body is not window.data):
                    if first:
                        head = ResponseHeaders(self.stream_id, response, end_stream=False)
                        yield SendHttp(head, self.context.client)
                    yield SendHttp(ResponseData(self.stream_id, window.data), self.context.client)
                    continue
            elif not exchange.refused:
                return True
            yield from self._cut()
            return False

    def _end(self, stream: Stream) -> layer.CommandGenerator[None]:
        assert self.flow.response is not None
        if not (yield from self._pass(stream, stream.cutter.close())):
            return
        if not stream.begun:  # nothing came: a body like any other
            self._stream = exchange_of(self.flow).stream = None
            self.flow.response.data.content = b""
            yield from self.send_response()
            return
        self.flow.response.timestamp_end = time.time()
        yield StreamEndHook(self.flow)
        if exchange_of(self.flow).stream is not stream:
            yield from self._cut()
            return
        self.server_state = self.state_done
        if (yield from self.check_killed(False)):
            return
        if self.client_state == self.state_done:
            yield from self.flow_done()

    def _cut(self) -> layer.CommandGenerator[None]:
        """The client gets a refusal if it has no answer yet, else sees its answer break off; the origin is left."""
        self.flow.error = Error("withheld")
        yield HttpErrorHook(self.flow)
        yield SendHttp(ResponseProtocolError(self.stream_id, "withheld", ErrorCode.KILL), self.context.client)
        yield SendHttp(RequestProtocolError(self.stream_id, "withheld", ErrorCode.CANCEL), self.context.server)
        self.client_state = self.server_state = self.state_errored
        self.flow.live = False
