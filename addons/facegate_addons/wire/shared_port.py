"""A proxy mode of our own: a regular proxy whose port several processes share (SO_REUSEPORT)."""

import asyncio
from typing import Any, Literal

from mitmproxy.proxy import layer, layers
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.mode_servers import AsyncioServerInstance
from mitmproxy.proxy.mode_specs import RegularMode

BACKLOG = 1024  # connections that wait to be accepted while a crawl starts


class FacegateMode(RegularMode):
    """Subclasses the regular mode, so that everything that asks for it finds it."""

    description = "facegate"
    transport_protocol: Literal["tcp"] = "tcp"


class FacegateInstance(AsyncioServerInstance[FacegateMode]):
    def make_top_layer(self, context: Context) -> layer.Layer:
        return layers.modes.HttpProxy(context)

    async def listen(self, host: str, port: int) -> list[Any]:
        return [await asyncio.start_server(self.handle_stream, host, port, reuse_port=True, backlog=BACKLOG)]
