"""Which protocol may speak inside a tunnel: TLS, and HTTP. Everything else is closed.

mitmproxy relays what it does not know (TCP, UDP, DNS, QUIC) without asking any hook. The gate sits in the addon that
chooses the layer: its answer goes through an allow-list, so a choice mitmproxy learns one day is closed until known.
"""

import logging

from mitmproxy.addons.next_layer import NextLayer
from mitmproxy.proxy import commands, events, layer
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers import ClientTLSLayer, HttpLayer, ServerTLSLayer

logger = logging.getLogger(__name__)

INSPECTED = (HttpLayer, ClientTLSLayer, ServerTLSLayer)


class ClosingLayer(layer.Layer):
    """Closes both sides, whatever they say."""

    def _handle_event(self, _event: events.Event) -> layer.CommandGenerator[None]:
        for connection in (self.context.client, self.context.server):
            if connection.connected:
                yield commands.CloseConnection(connection)


class InspectedLayers(NextLayer):
    """Takes the place, and the name, of mitmproxy's own addon."""

    name = "nextlayer"

    def _next_layer(self, context: Context, data_client: bytes, data_server: bytes) -> layer.Layer | None:
        if context.client.transport_protocol != "tcp":  # a tunnel delivers all of UDP: DNS, QUIC, DTLS
            return ClosingLayer(context)
        before = list(context.layers)
        chosen = super()._next_layer(context, data_client, data_server)
        if chosen is None or type(chosen) in INSPECTED:
            return chosen
        logger.warning("closed a connection that would have been relayed as %s", type(chosen).__name__)
        context.layers[:] = before  # what was not chosen has already put itself on the stack
        return ClosingLayer(context)
