"""A mitmproxy Master with six of its own addons, and the gate's chain behind them.

mitmdump with its defaults carries some thirty addons; each is asked at each event. These six are what a proxy needs.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from mitmproxy import ctx, exceptions
from mitmproxy.addonmanager import AddonManager
from mitmproxy.addons.core import Core
from mitmproxy.addons.disable_h2c import DisableH2C
from mitmproxy.addons.dns_resolver import DnsResolver
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.connection import Client, Connection
from mitmproxy.master import Master
from mitmproxy.options import Options

from facegate_addons.wire import balanced, inherited, modes
from facegate_addons.wire.client_tls import ClientTls
from facegate_addons.wire.guard import HOOK_SECONDS, GuardedAddons
from facegate_addons.wire.http1 import BoundedHttp1Server
from facegate_addons.wire.http2 import LeavingHttp2Server
from facegate_addons.wire.install import install
from facegate_addons.wire.next_layer import InspectedLayers
from facegate_addons.wire.shared_port import connected, unsent
from facegate_addons.wire.stream import SealedStream
from facegate_addons.wire.upstream import UpstreamCredentials

IDLE_SECONDS = 120  # a connection on which nothing moves


@dataclass(frozen=True, slots=True)
class WireSettings:
    host: str
    port: int
    ca: Path  # folder of the certificate authority
    body_limit: int  # bytes
    trusted_ca: str = ""  # PEM file; "" for the system's authorities
    hook_seconds: float = HOOK_SECONDS
    asks_certificates: Callable[[], bool] = lambda: False  # of clients that speak TLS to the proxy itself

    modes: Sequence[str] = (modes.REGULAR,)  # as wire.modes spells them
    upstream_auth: str = field(default="", repr=False)  # "user:password" for the upstream proxy
    balancers: Sequence[str] = ()  # networks whose connections begin with a PROXY header
    listening: Sequence[int] = ()  # descriptors of sockets that are bound already; none: they are opened here


class FixedOptions:
    """Options that would let bytes pass unlooked at. They hold at the start and at every change."""

    _FIXED: tuple[tuple[str, object], ...] = (
        ("stream_large_bodies", None),
        ("store_streamed_bodies", False),
        ("ignore_hosts", []),
        ("allow_hosts", []),
        ("tcp_hosts", []),
        ("udp_hosts", []),
        ("rawtcp", False),
        ("websocket", False),
        ("validate_inbound_headers", True),
        ("ssl_insecure", False),
        ("connect_addr", None),
        ("proxy_debug", False),
        ("connection_strategy", "lazy"),
        ("upstream_cert", False),
        ("http3", False),
    )

    def configure(self, _updated: set[str]) -> None:
        for name, value in self._FIXED:
            if getattr(ctx.options, name) != value:
                raise exceptions.OptionsError(f"{name} has to stay {value!r}")


class _Running:
    def __init__(self, event: asyncio.Event) -> None:
        self._event = event

    def running(self) -> None:
        self._event.set()


class Gateway:
    """One Master; mitmproxy's context is global, so one in a process. Satisfies Connections."""

    def __init__(self, settings: WireSettings) -> None:
        install()
        self._settings = settings
        self._server = Proxyserver()
        self._running = asyncio.Event()
        self._held: Counter[str] = Counter()  # connection id -> windows that are looked at
        self._master = Master(Options(), asyncio.get_running_loop())
        guarded: AddonManager = GuardedAddons(self._master, settings.hook_seconds)
        self._master.addons = guarded
        tls = self._tls = ClientTls(settings.asks_certificates)
        # mitmproxy's options are known only once the addon that declares them is there
        self._master.addons.add(Core(), DisableH2C(), self._server, DnsResolver(), InspectedLayers(), tls)
        self._master.addons.add(balanced.Balancers(), inherited.Inherited())
        self._master.options.update(
            listen_host=settings.host,
            listen_port=settings.port,
            mode=list(settings.modes),
            confdir=str(settings.ca),
            connection_strategy="lazy",  # nothing is connected to before the seal has let the request out
            upstream_cert=False,
            body_size_limit=str(settings.body_limit),
            ssl_verify_upstream_trusted_ca=settings.trusted_ca or None,
            rawtcp=False,
            websocket=False,
            http3=False,
            tcp_timeout=IDLE_SECONDS,
            **{balanced.OPTION: list(settings.balancers), inherited.OPTION: list(map(str, settings.listening))},
        )

    def add(self, chain: Sequence[object]) -> None:
        last = [UpstreamCredentials(self._settings.upstream_auth)] if self._settings.upstream_auth else []
        self._master.addons.add(FixedOptions(), _Running(self._running), *chain, *last)
        self._master.options.update(server=True)  # runs every configure once, FixedOptions' too

    async def run(self) -> None:
        """Until `stop`."""
        await self._master.run()

    async def listening(self) -> bool:
        """Wait until mitmproxy is up. False when a port could not be opened: mitmproxy only logs that."""
        await self._running.wait()
        servers = list(self._server.servers)
        return bool(servers) and all(server.is_running for server in servers)

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """Where it listens, as host and port."""
        return [(address[0], address[1]) for address in self._server.listen_addrs()]

    async def close_port(self) -> None:
        """Accept nothing more. mitmproxy keeps its sockets open unless told so in these words."""
        self._master.options.update(server=False)
        await self._server.setup_servers()

    def leave(self) -> None:
        """From now on the next answer on each HTTP/1 connection says that it is the last one there, and each HTTP/2
        connection when nothing is under way on it."""
        BoundedHttp1Server.leaving = LeavingHttp2Server.leaving = True

    @property
    def connected(self) -> int:
        """Clients that have not gone, nor been hung up on."""
        return connected()

    @property
    def unsent(self) -> int:
        """Bytes of answers that wait for their clients to read on."""
        return unsent()

    @property
    def unsealed(self) -> int:
        """Answers without a seal that came as far as the wire."""
        return SealedStream.unsealed

    @property
    def minted(self) -> int:
        """Certificates made for the names that clients asked for."""
        return self._tls.minted

    def stop(self) -> None:
        self._master.shutdown()

    @contextmanager
    def held(self, client: Client, connection: Connection) -> Iterator[None]:
        """Read nothing more from `connection` meanwhile: what it sends on waits in the kernel, not in a queue."""
        handler = self._server.connections.get(client.id)
        io = handler.transports.get(connection) if handler is not None else None
        transport = io.writer.transport if io is not None and isinstance(io.writer, asyncio.StreamWriter) else None
        if not isinstance(transport, asyncio.ReadTransport):
            yield
            return
        self._held[connection.id] += 1  # streams share an HTTP/2 connection
        transport.pause_reading()
        try:
            yield
        finally:
            self._held[connection.id] -= 1
            if not self._held[connection.id]:
                del self._held[connection.id]
                transport.resume_reading()

    def cut(self, client: Client, connection: Connection) -> None:
        """Close one of the connections that belong to `client`. While a flow's own connection is still being made,
        mitmproxy keeps it under another object: then all connections to origins go that were opened for the client.
        """
        handler = self._server.connections.get(client.id)
        if handler is None:
            return
        known = handler.transports
        for each in [connection] if connection in known else [other for other in known if other is not client]:
            if (task := known[each].handler) is not None:
                task.cancel("cut")
