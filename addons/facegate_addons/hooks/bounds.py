"""May this request go there? The destination is resolved and judged before anything is sent.

The same judgement stands once more at the resolver that every connection goes through (wire.resolver), so a name that
changes its address in between changes nothing; and addresses written as numbers, which reach no resolver, are judged
again in `server_connect`.
"""

import re
from collections.abc import Sequence
from typing import Protocol

from mitmproxy import http
from mitmproxy.proxy.server_hooks import ServerConnectionHookData

from facegate_addons.domain.ports import Ledger
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks import head
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.step import step, waiting_step

RESOLVE_SECONDS = 15.0  # resolvers give up after 10
MAX_FIELDS = 256  # header fields of one response; the largest pages send some 60
FIELD_OVERHEAD = 4  # colon, space, CR, LF
MAX_BEYOND_ASCII = (
    256  # bytes of names and values with obs-text (RFC 9110, 5.5): a file name has room, a picture has not
)

_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")  # no field value has one (RFC 9110, 5.5)


class Destinations(Protocol):
    async def judge(self, host: str, port: int) -> Reason | None:
        """None when at least one address of `host` may be connected to."""
        ...

    def judge_literal(self, host: str, port: int) -> Reason | None:
        """None for a name, and for an address that may be connected to."""
        ...


class Bounds:
    def __init__(self, destinations: Destinations, ledger: Ledger, head: int) -> None:
        """`head`: bytes that the head of a response may have."""
        self._head = head
        self._destinations = destinations
        self._ledger = ledger

    @waiting_step(RESOLVE_SECONDS, Reason.ORIGIN_UNREACHABLE)
    async def request(self, flow: http.HTTPFlow) -> None:
        await self._judge(flow)

    @waiting_step(RESOLVE_SECONDS, Reason.ORIGIN_UNREACHABLE)
    async def http_connect(self, flow: http.HTTPFlow) -> None:
        await self._judge(flow)

    async def _judge(self, flow: http.HTTPFlow) -> None:
        exchange = exchange_of(flow)
        if exchange.refused:
            return
        if not self._ledger.healthy:
            exchange.refuse(Reason.LEDGER_FAILED)
        elif exchange.delivery is not None:
            return  # nothing leaves for the destination
        elif (why := await self._destinations.judge(flow.request.host, flow.request.port)) is not None:
            exchange.refuse(why)
        else:
            exchange.destination_ok = True

    def server_connect(self, data: ServerConnectionHookData) -> None:
        data.server.error = "refused"
        assert data.server.address is not None
        if self._destinations.judge_literal(*data.server.address[:2]) is None:
            data.server.error = None

    @step
    def responseheaders(self, flow: http.HTTPFlow) -> None:
        assert flow.response is not None
        fields = flow.response.headers.fields
        if self._excessive(fields):
            exchange_of(flow).refuse(Reason.LIMIT_HEAD)
        elif any(_CONTROL.search(value) for _name, value in fields):
            exchange_of(flow).refuse(Reason.ORIGIN_PROTOCOL)

    def _excessive(self, fields: Sequence[tuple[bytes, bytes]]) -> bool:
        size = sum(len(name) + len(value) + FIELD_OVERHEAD for name, value in fields)
        beyond_ascii = sum(len(value) for field in fields for value in field if not value.isascii())
        over = len(fields) > MAX_FIELDS or size > self._head or beyond_ascii > MAX_BEYOND_ASCII
        return over or head.excessive(fields)
