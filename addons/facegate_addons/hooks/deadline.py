"""An exchange ends in time, whatever the origin does: a slow drip is cut, and so is a layer that stopped answering."""

import asyncio
from typing import Protocol

from mitmproxy import http
from mitmproxy.connection import Client, Connection

from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.exchange import exchange_of

LAST_WORD_SECONDS = 2.0  # between cutting the origin and cutting the client: time for the refusal to be sent


class Connections(Protocol):
    def cut(self, client: Client, connection: Connection) -> None:
        """Close one of the connections that belong to `client`."""
        ...


class Deadline:
    def __init__(self, connections: Connections, seconds: float) -> None:
        self._connections = connections
        self._seconds = seconds
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        self._arm(flow, self._seconds)

    def response(self, flow: http.HTTPFlow) -> None:
        self._disarm(flow)

    def error(self, flow: http.HTTPFlow) -> None:
        self._disarm(flow)

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
