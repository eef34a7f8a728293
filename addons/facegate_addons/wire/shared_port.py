"""A proxy mode of our own: a regular proxy whose port several processes share (SO_REUSEPORT)."""

import asyncio
import weakref
from typing import Any, Literal

from mitmproxy.proxy import layer, layers
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.mode_servers import AsyncioServerInstance
from mitmproxy.proxy.mode_specs import RegularMode

BACKLOG = 1024  # connections that wait to be accepted while a crawl starts

# mitmproxy forgets a connection as soon as it has asked for its end, which may be long before the last byte is sent.
_clients: weakref.WeakSet[asyncio.WriteTransport] = weakref.WeakSet()


def unsent() -> int:
    """Bytes of answers, over all connections of this process, that wait for their clients to read on."""
    return sum(transport.get_write_buffer_size() for transport in _clients)


class FacegateMode(RegularMode):
    """Subclasses the regular mode, so that everything that asks for it finds it."""

    description = "facegate"
    transport_protocol: Literal["tcp"] = "tcp"


class FacegateInstance(AsyncioServerInstance[FacegateMode]):
    def make_top_layer(self, context: Context) -> layer.Layer:
        return layers.modes.HttpProxy(context)

    async def listen(self, host: str, port: int) -> list[Any]:
        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Any:
            _clients.add(writer.transport)
            return self.handle_stream(reader, writer)

        return [await asyncio.start_server(accept, host, port, reuse_port=True, backlog=BACKLOG)]
