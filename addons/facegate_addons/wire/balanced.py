"""Behind a load balancer that says who connected to it: the PROXY protocol (haproxy.org, versions 1 and 2).

A header is demanded of the networks that were named for it, and read from nobody else: a client who could write one
would choose the job that its address stands for.
"""

import asyncio
import logging
from collections.abc import Sequence

from mitmproxy.addonmanager import Loader
from proxyprotocol.detect import ProxyProtocolDetect
from proxyprotocol.reader import ProxyProtocolReader
from proxyprotocol.result import is_ipv4, is_ipv6

from facegate_addons.domain.networks import Network, plain

HEADER_SECONDS = 5.0  # from the connection to the end of its header; balancers send it with their first packet
OPTION = "facegate_balancers"

logger = logging.getLogger(__name__)


class NoHeader(Exception):
    """A connection that had to begin with a header did not."""


class Balancers:
    """Makes the networks known as an option of mitmproxy's, which is where its servers look."""

    def load(self, loader: Loader) -> None:
        loader.add_option(OPTION, Sequence[str], [], "Networks of load balancers that speak the PROXY protocol.")


async def told(reader: asyncio.StreamReader, peer: str, balancers: Sequence[Network]) -> tuple[str, int] | None:
    """Address and port of the client, as the balancer at `peer` says. None where `peer` speaks for itself: it is no
    balancer, or connects on its own behalf to see whether the gateway is there. Raises NoHeader."""
    address = plain(peer)
    if not any(address in network for network in balancers):
        return None
    try:
        async with asyncio.timeout(HEADER_SECONDS):
            said = await ProxyProtocolReader(ProxyProtocolDetect()).read(reader)
    except Exception as error:  # noqa: BLE001 - what the parser makes of broken headers has no base of its own
        if not (isinstance(error, asyncio.IncompleteReadError) and not error.partial):  # a port that is only tried
            logger.warning("a connection from %s had no PROXY header in front", peer)
        raise NoHeader from None
    if not (is_ipv4(said) or is_ipv6(said)):
        return None
    client, port = said.source
    return str(client), port
