"""A WebSocket between two connections: what the origin says leaves in windows, as of every stream.

mitmproxy's own layer forwards a message whose hook failed, and pings and close reasons without asking. Here nothing of
the origin's goes to the client but sealed windows; control frames are the gateway's own. What the client says passes,
frame by frame, written anew.
"""

import time

from mitmproxy.proxy import events, layer
from mitmproxy.proxy.layers.http import SendHttp
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    RequestData,
    RequestProtocolError,
    ResponseData,
    ResponseEndOfMessage,
    ResponseHeaders,
    ResponseProtocolError,
)
from wsproto.frame_protocol import CloseReason, Frame, FrameProtocol, Opcode, ParseFailed

from facegate_addons.domain.model import Payload
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.cutting import PIECE_MAX, Window
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.messages import Messages, closing, frame
from facegate_addons.wire.windows import AHEAD_EVENTS, AHEAD_MAX, StreamEndHook, WindowedStream


class SocketStream(WindowedStream):
    """The part of SealedStream that handles WebSockets."""

    _messages: Messages | None = None  # those of an open socket
    _own = b""  # the frame that the gateway itself says next
    _unread = 0  # bytes that the client sent while a window was looked at

    def handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        if self._paused and self._messages is not None and isinstance(event, RequestData):
            self._unread += len(event.data)
            if self._unread > AHEAD_MAX or len(self._paused_event_queue) > AHEAD_EVENTS:
                exchange_of(self.flow).refuse(Reason.CLIENT_PROTOCOL)
                return
        yield from super().handle_event(event)

    def state_wait_for_response_headers(self, event: ResponseHeaders) -> layer.CommandGenerator[None]:
        """After a 101 the origin's connection speaks another protocol: either this, or none."""
        yield from super().state_wait_for_response_headers(event)
        if event.response.status_code != 101 or self.server_state == self.state_errored:
            return
        exchange = exchange_of(self.flow)
        self._stream = exchange.stream
        granted = self._stream is not None and isinstance(self._stream.cutter, Messages)
        if granted and not exchange.refused and self.flow.response is event.response:
            self.server_state = self.state_switch
        else:
            exchange.refuse(Reason.ORIGIN_PROTOCOL)
            yield from self._cut()

    def state_switch(self, event: events.Event) -> layer.CommandGenerator[None]:
        """The head is a window of its own: nobody says anything before it is there."""
        stream, exchange = self._stream, exchange_of(self.flow)
        if stream is None or exchange.stream is not stream or not isinstance(event, ResponseEndOfMessage):
            exchange.refuse(Reason.ORIGIN_PROTOCOL)
            yield from self._cut()
        elif (yield from self._pass(stream, iter([Window(b"", Payload(b""), text=True)]))):
            assert isinstance(stream.cutter, Messages)
            self._messages = stream.cutter
            self._to_origin = FrameProtocol(client=True, extensions=[])
            self._from_client = FrameProtocol(client=False, extensions=[])
            self._frame = bytearray()
            self._size = 0  # of the client's message
            self.client_state, self.server_state = self.state_from_client, self.state_from_origin
            yield SendHttp(ResponseEndOfMessage(self.stream_id), self.context.client)

    def state_from_origin(self, event: events.Event) -> layer.CommandGenerator[None]:
        stream, exchange, messages = self._stream, exchange_of(self.flow), self._messages
        assert stream is not None
        assert messages is not None
        if exchange.refused or exchange.stream is not stream:
            yield from self._cut()
        elif not isinstance(event, ResponseData):  # it left without a word
            yield from self._over()
        elif (data := self._together(event)) and (yield from self._pass(stream, messages.feed(data))):
            if messages.ping is not None:
                yield from self._to_the_origin(self._to_origin.pong(messages.ping))
                messages.ping = None
            if messages.code is not None:
                yield from self._say(closing(messages.code))
                yield from self._to_the_origin(self._to_origin.close(messages.code))
                yield from self._over()

    def state_from_client(self, event: events.Event) -> layer.CommandGenerator[None]:
        exchange = exchange_of(self.flow)
        if not isinstance(event, RequestData):
            exchange.refuse(Reason.CLIENT_LEFT)
        if exchange.refused or exchange.stream is not self._stream:
            yield from self._cut()
            return
        assert isinstance(event, RequestData)
        self._unread = max(0, self._unread - len(event.data))
        self._from_client.receive_bytes(event.data)
        try:
            for each in self._from_client.received_frames():
                yield from self._client_said(each)
        except ParseFailed:
            exchange.refuse(Reason.CLIENT_PROTOCOL)
        if exchange.refused:
            yield from self._cut()

    def _client_said(self, said: Frame) -> layer.CommandGenerator[None]:
        match said.opcode, said.payload:
            case Opcode.PING, bytes(payload):
                yield from self._say(frame(Opcode.PONG, payload))
                yield from self._to_the_origin(self._to_origin.ping(payload))
            case Opcode.CLOSE, (int(code), str(reason)):
                yield from self._say(closing(code))
                yield from self._to_the_origin(self._to_origin.close(code, reason or None))
                yield from self._over()
            case Opcode.TEXT | Opcode.BINARY, (str() | bytes()) as payload:
                self._frame += payload.encode() if isinstance(payload, str) else payload
                self._size += len(payload)
                if self._size > PIECE_MAX:
                    raise ParseFailed("too long", CloseReason.MESSAGE_TOO_BIG)
                if said.frame_finished:
                    whole = bytes(self._frame) if isinstance(payload, bytes) else self._frame.decode()
                    self._frame.clear()
                    yield from self._to_the_origin(self._to_origin.send_data(whole, said.message_finished))
                if said.message_finished:
                    self._size = 0

    def _say(self, own: bytes) -> layer.CommandGenerator[None]:
        self._own = own
        yield SendHttp(ResponseData(self.stream_id, own), self.context.client)

    def _to_the_origin(self, data: bytes | bytearray) -> layer.CommandGenerator[None]:
        yield SendHttp(RequestData(self.stream_id, bytes(data)), self.context.server)

    def _over(self) -> layer.CommandGenerator[None]:
        assert self.flow.response is not None
        self.flow.response.timestamp_end = time.time()
        self.client_state = self.server_state = self.state_errored
        yield StreamEndHook(self.flow)
        for side, over in ((self.context.client, ResponseProtocolError), (self.context.server, RequestProtocolError)):
            yield SendHttp(over(self.stream_id, "over", ErrorCode.PASSTHROUGH_CLOSE), side)
        self.flow.live = False

    def _cut(self) -> layer.CommandGenerator[None]:
        if self._messages is not None:
            reason = exchange_of(self.flow).decision.reason
            yield from self._say(closing(CloseReason.POLICY_VIOLATION, f"facegate: {reason}"))
        yield from super()._cut()
