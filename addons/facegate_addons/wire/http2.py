"""HTTP/2 of a process that leaves: when nothing is under way on a connection, its client is told to open another one.

GOAWAY comes no earlier: clients that are built on the h2 package take answers that come after it for an error.
"""

from typing import ClassVar

from h2.connection import ConnectionState
from mitmproxy.proxy import commands, events, layer
from mitmproxy.proxy.layers.http._http2 import Http2Server


class LeavingHttp2Server(Http2Server):
    """Replaces mitmproxy's Http2Server, the side that talks to the client."""

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
