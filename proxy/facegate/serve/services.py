"""Where the gateway's own Redis is: crawlers do not reach it through the gateway, though the network lets them.

Redis takes the first line of an HTTP request for a command: `SET /a HTTP/1.1` sets a value where no password is asked.
"""

import ipaddress
import logging
import socket

from facegate_addons.domain.addresses import unwrapped

from facegate.errors import FacegateError
from facegate.sections import State
from facegate.shared.address import address
from facegate.shared.opened import SQLITE

AGAIN_SECONDS = 30.0  # between two looks: a fail-over, or a name that moved, is known no later

logger = logging.getLogger(__name__)

Place = tuple[str, int]


class Services:
    """What a look does not find out stays as it was known before, and the log says so once."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._to = address(state.url) if state.url != SQLITE else None
        self._members: frozenset[Place] = frozenset()
        self._known: dict[Place, frozenset[Place]] = {}
        self._missing: set[str] = set()

    def look(self) -> frozenset[Place]:
        """Address and port of each host that `state.url` names, and of those that sentinels or a cluster name, as they
        are now. `("", port)` for a host whose address was never known. Blocks; one call at a time."""
        if self._to is None:
            return frozenset()
        if self._to.kind != "single":
            self._ask()
        places = {*self._to.hosts, *self._members}
        self._known = {place: self._addresses(place) for place in sorted(places)}
        return frozenset().union(*self._known.values())

    def _ask(self) -> None:
        from facegate.shared.members import members  # and redis with it
        from facegate.shared.node import address_of

        try:
            self._members = members(address_of(self._state), self._state.ca)
        except FacegateError as error:
            self._is_missing("", f"{error}; who belongs to it")
        else:
            self._missing.discard("")

    def _addresses(self, place: Place) -> frozenset[Place]:
        host, port = place
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            self._is_missing(host, f"{host} has no address now; where it is")
            return self._known.get(place, frozenset({("", port)}))
        self._missing.discard(host)
        return frozenset((str(_judged(str(info[4][0]))), port) for info in found)

    def _is_missing(self, name: str, what: str) -> None:
        if name not in self._missing:
            logger.warning("state.url: %s stays refused to crawlers as it was known before", what)
        self._missing.add(name)


def _judged(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """As `Egress` judges it."""
    return unwrapped(ipaddress.ip_address(text.partition("%")[0]))
