"""Servers whose TCP port several processes share (SO_REUSEPORT), and a mode of our own on one: a regular proxy."""

import asyncio
import weakref
from typing import Any, Literal

from mitmproxy.proxy import layer, layers
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.mode_servers import AsyncioServerInstance
from mitmproxy.proxy.mode_specs import ProxyMode, RegularMode

BACKLOG = 1024  # connections that wait to be accepted while a crawl starts

# mitmproxy forgets a connection as soon as it has asked for its end, which may be long before the last byte is sent.
_clients: weakref.WeakSet[asyncio.WriteTransport] = weakref.WeakSet()


def unsent() -> int:
    """Bytes of answers, over all connections of this process, that wait for their clients to read on."""
    return sum(transport.get_write_buffer_size() for transport in _clients)


class SharedPort[M: ProxyMode](AsyncioServerInstance[M]):
    """A TCP server of any mode."""

    async def listen(self, host: str, port: int) -> list[Any]:
        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            _clients.add(writer.transport)
            try:
                await self.handle_stream(reader, writer)
            finally:
                writer.close()  # mitmproxy does not where a client is hung up on while its bytes wait for a hook

        return [await asyncio.start_server(accept, host, port, reuse_port=True, backlog=BACKLOG)]


class FacegateMode(RegularMode):
    """Subclasses the regular mode, so that everything that asks for it finds it."""

    description = "facegate"
    transport_protocol: Literal["tcp"] = "tcp"


class FacegateInstance(SharedPort[FacegateMode]):
    def make_top_layer(self, context: Context) -> layer.Layer:
        return layers.modes.HttpProxy(context)
