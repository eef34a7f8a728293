"""Servers whose TCP port several processes share, and a mode of our own on one: a regular proxy.

Each process accepts from a socket of its own (SO_REUSEPORT), or from one that it inherited.
"""

import asyncio
import socket
import weakref
from asyncio.trsock import TransportSocket
from typing import Any, Literal

import mitmproxy_rs
from mitmproxy import ctx
from mitmproxy.proxy import layer, layers
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.mode_servers import AsyncioServerInstance
from mitmproxy.proxy.mode_specs import ProxyMode, RegularMode
from mitmproxy.utils.human import format_address

from facegate_addons.domain.networks import Network, network_of
from facegate_addons.wire import inherited
from facegate_addons.wire.balanced import OPTION, NoHeader, told
from facegate_addons.wire.handler import PromptHandler

BACKLOG = 1024  # connections that wait to be accepted while a crawl starts
AT_ONCE = 16  # of them that are; then others have their turn: each takes most of a millisecond

# mitmproxy forgets a connection as soon as it has asked for its end, which may be long before the last byte is sent.
_clients: weakref.WeakSet[asyncio.WriteTransport] = weakref.WeakSet()


def unsent() -> int:
    """Bytes of answers, over all connections of this process, that wait for their clients to read on."""
    return sum(transport.get_write_buffer_size() for transport in _clients)


def connected() -> int:
    """Connections of clients that this process has, and has not closed."""
    return sum(not transport.is_closing() for transport in _clients)


def let_wait(listening: socket.socket | TransportSocket) -> None:
    """asyncio has one number for how many wait in the kernel and how many it accepts in one turn of its loop."""
    with socket.fromfd(listening.fileno(), listening.family, listening.type) as same:
        same.listen(BACKLOG)


class SharedPort[M: ProxyMode](AsyncioServerInstance[M]):
    """A TCP server of any mode."""

    _balancers: tuple[Network, ...] = ()

    async def listen(self, host: str, port: int) -> list[Any]:
        self._balancers = tuple(network_of(text) for text in getattr(ctx.options, OPTION))

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            _clients.add(writer.transport)
            try:
                await self.handle_stream(reader, writer)
            finally:
                writer.close()  # mitmproxy does not where a client is hung up on while its bytes wait for a hook

        if ready_made := inherited.sockets():
            servers = [await asyncio.start_server(accept, sock=each, backlog=AT_ONCE) for each in ready_made]
        else:
            servers = [await asyncio.start_server(accept, host, port, reuse_port=True, backlog=AT_ONCE)]
        for listening in (listening for server in servers for listening in server.sockets):
            let_wait(listening)
        return servers

    async def _stop(self) -> None:
        loop = asyncio.get_running_loop()
        for listening in (listening for server in self._servers for listening in server.sockets):  # type: ignore[union-attr]
            loop.remove_reader(listening.fileno())
        await asyncio.sleep(0)  # what was accepted in this round gets its transport, which no closed server gives
        await super()._stop()

    async def handle_stream(
        self,
        reader: asyncio.StreamReader | mitmproxy_rs.Stream,
        writer: asyncio.StreamWriter | mitmproxy_rs.Stream | None = None,
    ) -> None:
        """As mitmproxy's, but the client may be told of by the header of a load balancer."""
        assert isinstance(reader, asyncio.StreamReader)
        assert isinstance(writer, asyncio.StreamWriter)
        peer = writer.get_extra_info("peername")
        if peer is None:  # it left already
            return
        try:
            client = await told(reader, peer[0], self._balancers) if self._balancers else None
        except NoHeader:
            return
        handler = PromptHandler(ctx.master, reader, writer, ctx.options, self.mode)
        context = handler.layer.context
        if client is not None:
            context.client.peername = client
            handler.log_prefix = f"{format_address(client)}: "
        handler.layer = self.make_top_layer(context)
        with self.manager.register_connection(context.client.id, handler):
            await handler.handle_client()


class FacegateMode(RegularMode):
    """Subclasses the regular mode, so that everything that asks for it finds it."""

    description = "facegate"
    transport_protocol: Literal["tcp"] = "tcp"


class FacegateInstance(SharedPort[FacegateMode]):
    def make_top_layer(self, context: Context) -> layer.Layer:
        return layers.modes.HttpProxy(context)
