"""An exchange ends in time, whatever the origin does: a slow drip is cut, and so is a layer that stopped answering."""

import asyncio
from contextlib import AbstractContextManager
from typing import Protocol

from mitmproxy import http
from mitmproxy.connection import Client, Connection

from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.exchange import exchange_of

FIRST_HEAD_SECONDS = 30.0  # for a new connection to say what it wants: TLS and a head of a few KB on a bad line
LAST_WORD_SECONDS = 2.0  # between cutting the origin and cutting the client: time for the refusal to be sent


class Connections(Protocol):
    def cut(self, client: Client, connection: Connection) -> None:
        """Close one of the connections that belong to `client`."""
        ...

    def held(self, client: Client, connection: Connection) -> AbstractContextManager[None]:
        """Read nothing more from one of them meanwhile."""
        ...


class Deadline:
    def __init__(self, connections: Connections, seconds: float) -> None:
        self._connections = connections
        self._seconds = seconds
        self._silent: dict[str, asyncio.TimerHandle] = {}  # client connection id -> when it is cut
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def client_connected(self, client: Client) -> None:
        """A connection that asks for nothing takes a descriptor; one that has asked has the idle time-out."""
        self._silent[client.id] = asyncio.get_running_loop().call_later(FIRST_HEAD_SECONDS, self._unheard, client)

    def client_disconnected(self, client: Client) -> None:
        self._heard(client)

    def http_connect(self, flow: http.HTTPFlow) -> None:
        """What is asked for in the tunnel has to be said in time, too. Where an addon before this one waits, the client
        may be gone by now: mitmproxy goes on with the hook all the same, after `client_disconnected`."""
        self._heard(flow.client_conn)
        if flow.client_conn.timestamp_end is None:  # its state stays open where the connection was cancelled
            self.client_connected(flow.client_conn)

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        self._heard(flow.client_conn)
        self._arm(flow, self._seconds)

    def stream_window(self, flow: http.HTTPFlow) -> None:
        """Each window has the time that a whole response has, and the stream its own end."""
        if (stream := exchange_of(flow).stream) is not None:
            left = stream.until - asyncio.get_running_loop().time()
            self._arm(flow, max(0.0, min(self._seconds, left)))

    def stream_end(self, flow: http.HTTPFlow) -> None:
        self._disarm(flow)

    def response(self, flow: http.HTTPFlow) -> None:
        self._disarm(flow)

    def error(self, flow: http.HTTPFlow) -> None:
        self._disarm(flow)

    def _heard(self, client: Client) -> None:
        if (timer := self._silent.pop(client.id, None)) is not None:
            timer.cancel()

    def _unheard(self, client: Client) -> None:
        del self._silent[client.id]
        self._connections.cut(client, client)

    def _arm(self, flow: http.HTTPFlow, seconds: float) -> None:
        self._disarm(flow)
        self._timers[flow.id] = asyncio.get_running_loop().call_later(seconds, self._over, flow)

    def _disarm(self, flow: http.HTTPFlow) -> None:
        timer = self._timers.pop(flow.id, None)
        if timer is not None:
            timer.cancel()

    def _over(self, flow: http.HTTPFlow) -> None:
        exchange = exchange_of(flow)
        first = not exchange.refused
        exchange.refuse(Reason.LIMIT_SECONDS)
        if first:
            self._connections.cut(flow.client_conn, flow.server_conn)
            self._arm(flow, LAST_WORD_SECONDS)
        else:
            self._disarm(flow)
            self._connections.cut(flow.client_conn, flow.client_conn)
