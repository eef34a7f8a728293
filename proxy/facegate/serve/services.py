"""Where the gateway's own Redis is: crawlers do not reach it through the gateway, though the network lets them.

Redis takes the first line of an HTTP request for a command: `SET /a HTTP/1.1` sets a value where no password is asked.
"""

import contextlib
import socket

from facegate.sections import State
from facegate.shared.address import address
from facegate.shared.opened import SQLITE


def services(state: State) -> frozenset[tuple[str, int]]:
    """Address and port of each host that `state.url` names, as they are now; a name without an address has none."""
    if state.url == SQLITE:
        return frozenset()
    found = set()
    for host, port in address(state.url).hosts:
        with contextlib.suppress(OSError):
            found |= {(str(info[4][0]), port) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    return frozenset(found)
