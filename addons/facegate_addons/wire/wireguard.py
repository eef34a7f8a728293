"""A WireGuard tunnel for one peer: what comes out of it is handled like connections that a router turned this way.

The implementation beneath (mitmproxy_rs) checks who has a key, and then takes any address for a packet's sender; of
several peers on one port nobody could tell which one asks. So each has a port, a key pair of the server and a key pair
of its own. Nothing but TCP is let out of the tunnel: of a datagram's answer nobody would look at a byte.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from mitmproxy.proxy import layer, layers
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.mode_servers import AsyncioServerInstance
from mitmproxy.proxy.mode_specs import WireGuardMode
from mitmproxy_rs import Stream
from mitmproxy_rs.wireguard import WireGuardServer, genkey, pubkey, start_wireguard_server


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """Private keys in base64; the peer's is here to be written into its configuration."""

    server: str
    peer: str

    @classmethod
    def fresh(cls) -> "Keys":
        return cls(genkey(), genkey())

    @classmethod
    def parse(cls, text: str) -> "Keys":
        """Raises ValueError; its text has no key."""
        try:
            table = json.loads(text)
            keys = cls(table["server"], table["peer"])
            pubkey(keys.server), pubkey(keys.peer)
        except (ValueError, KeyError, TypeError):
            raise ValueError("not the keys of a tunnel") from None
        return keys

    def dump(self) -> str:
        return json.dumps({"server": self.server, "peer": self.peer})

    def client_configuration(self, endpoint: str) -> str:
        """What wg-quick reads at the peer's. No DNS: names are looked up outside of the tunnel."""
        return (
            f"[Interface]\nPrivateKey = {self.peer}\nAddress = {PEER_ADDRESSES}\n\n"
            f"[Peer]\nPublicKey = {pubkey(self.server)}\nAllowedIPs = 0.0.0.0/0, ::/0\nEndpoint = {endpoint}\n"
        )


PEER_ADDRESSES = "10.0.0.1/32, fd00:facc::1/128"  # inside the tunnel; nobody routes to them


class FacegateWireGuardMode(WireGuardMode):
    """Its data is the file with the Keys."""

    description = "facegate, WireGuard"
    transport_protocol: Literal["udp"] = "udp"


class FacegateWireGuardInstance(AsyncioServerInstance[FacegateWireGuardMode]):
    def make_top_layer(self, context: Context) -> layer.Layer:
        return layers.modes.TransparentProxy(context)

    async def listen(self, host: str, port: int) -> list[Any]:
        """Strangers' datagrams are dropped without a line for each, which anybody could have written by the million."""
        logging.getLogger("mitmproxy.packet_sources.wireguard").setLevel(logging.CRITICAL)
        return await super().listen(host, port)

    async def start_udp_based_server(self, host: str, port: int) -> WireGuardServer:
        keys = Keys.parse(Path(self.mode.data).read_text())  # noqa: ASYNC240 - once, at the start
        return await start_wireguard_server(host, port, keys.server, [pubkey(keys.peer)], self.handle_stream, _close)


async def _close(datagrams: Stream) -> None:
    close: Callable[[], None] = datagrams.close
    close()
