"""Every outgoing connection's address passes here: names are resolved once, by us, and judged before they are used.

asyncio asks its event loop for the addresses of a name when it connects. This loop answers with those that may be
connected to and no others, so a name that changes its address between a check and the connection changes nothing.

Where everything goes through another proxy, nothing is connected to but that one, and it resolves names by itself.
Addresses are judged as ever; a name is refused if one of the addresses it has here is, and passes if it has none here.
The gateway's own ports are refused whatever the name: that proxy may well reach them.

What the operator's configuration names for the gateway's own use is connected to by tasks that are begun in `to_ours`.
"""

import asyncio
import contextlib
import ipaddress
import socket
import time
from collections.abc import Iterator
from contextvars import ContextVar
from selectors import BaseSelector
from typing import Any

from facegate_addons.domain.addresses import Egress, Only
from facegate_addons.domain.reasons import Reason

REMEMBER_SECONDS = 5.0  # between the judgement in a hook and the connection: one look-up, not two
REMEMBER_MAX = 4_096  # names
UPSTREAM_SECONDS = 2.0  # to look up a name that another proxy will look up once more
UNKNOWN_SECONDS = 60.0  # for which such a name that has no address here is not looked up again

_OURS = ContextVar("_OURS", default=False)


class GuardedLoop(asyncio.SelectorEventLoop):
    """Satisfies Destinations. Set `egress` before the first connection; without it nothing can be reached."""

    egress: Egress | None = None
    upstream: tuple[str, int] | None = None  # the proxy that everything goes through

    def __init__(self, *selector: BaseSelector) -> None:
        super().__init__(*selector)
        self._known: dict[tuple[str, int], tuple[float, list[Any]]] = {}

    @contextlib.contextmanager
    def only(self, address: str, port: int) -> Iterator[None]:
        """Meanwhile this is all that can be reached, wherever else everything goes through."""
        before = self.egress, self.upstream
        self.egress, self.upstream = Only.at(address, port), None
        try:
            yield
        finally:
            self.egress, self.upstream = before

    async def getaddrinfo(self, host: Any, port: Any, **how: Any) -> list[Any]:
        if how.get("flags", 0) & socket.AI_PASSIVE or _OURS.get():
            return await super().getaddrinfo(host, port, **how)  # for listening, not for going out to origins
        if self.upstream is not None:
            if (str(host), int(port)) != self.upstream:
                raise OSError("no address that may be connected to")
            return await super().getaddrinfo(host, port, **how)
        allowed, _why = await self._resolve(str(host), int(port))
        if not allowed:
            raise OSError("no address that may be connected to")
        return allowed

    async def judge(self, host: str, port: int) -> Reason | None:
        """None when a request may go to `host`: at least one of its addresses may be connected to."""
        if (why := self._judge_literal(host, port)) is not None or _is_literal(host):
            return why
        if self.upstream is not None:
            return await self._judge_named(host, port)
        try:
            allowed, why = await self._resolve(host, port)
        except (OSError, UnicodeError):
            return Reason.ORIGIN_UNREACHABLE
        return None if allowed else why

    def judge_literal(self, host: str, port: int) -> Reason | None:
        """None for a name, and for an address, that may be connected to."""
        if self.upstream is not None:
            return None if (host, port) == self.upstream else Reason.ADDRESS_REFUSED
        return self._judge_literal(host, port)

    def _judge_literal(self, host: str, port: int) -> Reason | None:
        if self.egress is None:
            return Reason.INTERNAL
        if self.egress.port_refused(port):
            return Reason.PORT_REFUSED
        if self.upstream is not None and port in self.egress.own_ports:
            return Reason.ADDRESS_REFUSED
        return self.egress.judge(host, port, is_local) if _is_literal(host) else None

    async def _judge_named(self, host: str, port: int) -> Reason | None:
        """For a name that the proxy resolves by itself: to which of its addresses, nobody here knows."""
        try:
            async with asyncio.timeout(UPSTREAM_SECONDS):
                judged = await self._judged(host, port)
        except (OSError, TimeoutError):
            self._remember((host, port), UNKNOWN_SECONDS, [])
            return None
        except UnicodeError:
            return Reason.ORIGIN_UNREACHABLE
        return next((why for _info, why in judged if why is not None), None)

    async def _resolve(self, host: str, port: int) -> tuple[list[Any], Reason]:
        """The addresses that may be connected to; if there is none, why. Raises OSError for a name without any."""
        judged = await self._judged(host, port)
        allowed = [info for info, why in judged if why is None]
        return allowed, next((why for _info, why in judged if why is not None), Reason.ORIGIN_UNREACHABLE)

    async def _judged(self, host: str, port: int) -> list[tuple[Any, Reason | None]]:
        """Each address with the reason not to connect to it. Raises OSError for a name without any."""
        assert self.egress is not None
        key = (host, port)
        until, found = self._known.get(key, (0.0, []))
        if until < time.monotonic():
            found = await super().getaddrinfo(host, port, type=socket.SOCK_STREAM)
            self._remember(key, REMEMBER_SECONDS, found)
        return [(info, self.egress.judge(info[4][0], port, is_local)) for info in found]

    def _remember(self, key: tuple[str, int], seconds: float, found: list[Any]) -> None:
        if len(self._known) >= REMEMBER_MAX:
            self._known.clear()
        self._known[key] = (time.monotonic() + seconds, found)


@contextlib.contextmanager
def to_ours() -> Iterator[None]:
    """Tasks that are created meanwhile, and theirs, may connect to where they like: no request has a say in it."""
    token = _OURS.set(True)
    try:
        yield
    finally:
        _OURS.reset(token)


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def is_local(address: str) -> bool:
    """Is this one of the machine's own addresses? Only those can be bound to."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True
