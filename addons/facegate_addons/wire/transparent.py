"""A transparent proxy: connections that a router turned this way, without the client knowing.

Where a client wanted to go is known to the kernel alone. Behind REDIRECT (iptables, nftables) it tells by
SO_ORIGINAL_DST; where packets arrive with their own destination (TPROXY, or a `local` route in a policy's table), the
accepted socket's own address is that destination, and IP_TRANSPARENT lets it answer from there.
"""

import asyncio
import asyncio.trsock
import contextlib
import socket
from typing import Any, Literal

import mitmproxy_rs
from mitmproxy import ctx, platform
from mitmproxy.proxy import layer, layers
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.mode_specs import ProxyMode

from facegate_addons.wire.handler import PromptHandler
from facegate_addons.wire.shared_port import SharedPort

type Socket = socket.socket | asyncio.trsock.TransportSocket
IP_TRANSPARENT = getattr(socket, "IP_TRANSPARENT", 19)  # Linux; Python knows the name from 3.14 on
IPV6_TRANSPARENT = 75


def original_destination(accepted: socket.socket) -> tuple[str, int]:
    """Address and port that the client connected to. A client that connected to the gateway itself gets the gateway's
    own, which nobody may go to."""
    with contextlib.suppress(OSError):  # no connection tracking, or it knows nothing of this one
        if platform.original_addr is not None:
            return platform.original_addr(accepted)
    host, port = accepted.getsockname()[:2]
    return host.removeprefix("::ffff:") if "." in host else host, port


def answer_for_others(listening: Socket) -> bool:
    """Let the sockets that `listening` accepts answer from addresses that are not this machine's. False where this
    user may not, or the system cannot: then only REDIRECT works."""
    level, name = (
        (socket.IPPROTO_IPV6, IPV6_TRANSPARENT)
        if listening.family == socket.AF_INET6
        else (socket.IPPROTO_IP, IP_TRANSPARENT)
    )
    try:
        listening.setsockopt(level, name, 1)
    except OSError:
        return False
    return True


class FacegateTransparentMode(ProxyMode):
    """No subclass of mitmproxy's: that one asks for the destination in a way of its own."""

    description = "facegate, transparent"
    transport_protocol: Literal["tcp"] = "tcp"

    def __post_init__(self) -> None:
        if self.data:
            raise ValueError("mode takes no arguments")


class FacegateTransparentInstance(SharedPort[FacegateTransparentMode]):
    def make_top_layer(self, context: Context) -> layer.Layer:
        return layers.modes.TransparentProxy(context)

    async def listen(self, host: str, port: int) -> list[Any]:
        servers = await super().listen(host, port)
        for listening in (listening for server in servers for listening in server.sockets):
            answer_for_others(listening)
        return servers

    async def handle_stream(
        self,
        reader: asyncio.StreamReader | mitmproxy_rs.Stream,
        writer: asyncio.StreamWriter | mitmproxy_rs.Stream | None = None,
    ) -> None:
        assert isinstance(writer, asyncio.StreamWriter)
        try:
            destination = original_destination(writer.get_extra_info("socket"))
        except OSError:  # it left already
            writer.close()
            return
        handler = PromptHandler(ctx.master, reader, writer, ctx.options, self.mode)
        context = handler.layer.context
        handler.layer = self.make_top_layer(context)
        context.client.sockname = context.server.address = destination
        with self.manager.register_connection(context.client.id, handler):
            await handler.handle_client()
