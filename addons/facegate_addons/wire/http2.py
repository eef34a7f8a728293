"""HTTP/2, bounded: floods of frames end the connection, and what arrives together is handled together.

Of a process that leaves: when nothing is under way on a connection, its client is told to open another one. GOAWAY
comes no earlier: clients that are built on the h2 package take answers that come after it for an error.
"""

import time
from collections.abc import Iterable
from typing import ClassVar

from h2.connection import ConnectionState
from h2.errors import ErrorCodes
from h2.events import DataReceived, Event
from mitmproxy.proxy import commands, events, layer
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http._http2 import Http2Client, Http2Connection, Http2Server
from mitmproxy.proxy.layers.http._http_h2 import BufferedH2Connection

from facegate_addons.wire.frames import Frames

PREFACE = len(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")


class JoinedH2Connection(BufferedH2Connection):
    """Replaces mitmproxy's: pieces of a body that arrive together become one, for each goes through all layers."""

    def receive_data(self, data: bytes) -> list[Event]:
        return joined(super().receive_data(data))


def joined(found: Iterable[Event]) -> list[Event]:
    """Pieces of one body that follow each other, as one; the last says whether it is the end."""
    out: list[Event] = []
    pieces: list[bytes] = []
    for event in found:
        last = out[-1] if out else None
        if isinstance(event, DataReceived) and isinstance(last, DataReceived) and last.stream_id == event.stream_id:
            pieces.append(event.data)
            last.flow_controlled_length += event.flow_controlled_length
            last.stream_ended = event.stream_ended
            continue
        if isinstance(last, DataReceived):
            last.data = b"".join(pieces)
        if isinstance(event, DataReceived):
            pieces = [event.data]
        out.append(event)
    if out and isinstance(out[-1], DataReceived):
        out[-1].data = b"".join(pieces)
    return out


class _Bounded(Http2Connection):
    _preface = 0

    def __init__(self, context: Context) -> None:
        super().__init__(context)  # type: ignore[call-arg]  # as both that are built on it have it
        self._frames = Frames(self._preface)

    def _handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        if isinstance(event, events.DataReceived) and self._frames.flooded(event.data, time.monotonic()):
            yield from self.protocol_error("too many frames", ErrorCodes.ENHANCE_YOUR_CALM)
            return
        for command in super()._handle_event(event):
            if isinstance(command, commands.SendData):
                self._frames.sent(len(command.data))
            yield command


class BoundedHttp2Client(_Bounded, Http2Client):
    """Replaces mitmproxy's Http2Client, the side that talks to the origin."""


class LeavingHttp2Server(_Bounded, Http2Server):
    """Replaces mitmproxy's Http2Server, the side that talks to the client."""

    _preface = PREFACE
    leaving: ClassVar[bool] = False  # this process ends soon

    def _handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        yield from super()._handle_event(event)
        if not self.leaving or isinstance(event, events.ConnectionClosed):
            return
        it = self.h2_conn
        idle = it.highest_inbound_stream_id and not it.open_inbound_streams  # else its first request is still to come
        if idle and it.state_machine.state is not ConnectionState.CLOSED:
            it.close_connection()
            yield commands.SendData(self.conn, it.data_to_send())
            self._handle_event = self._left  # type: ignore[method-assign]

    def _left(self, event: events.Event) -> layer.CommandGenerator[None]:
        """Streams that were on their way are not answered, which GOAWAY told their client: it asks elsewhere. It hangs
        up, too; a connection closed under bytes that it sends would be reset, and GOAWAY lost with it."""
        if isinstance(event, events.ConnectionClosed):
            yield from self.close_connection("peer closed connection")
