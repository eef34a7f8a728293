"""Who belongs to a shared state besides the hosts that `state.url` names: master, replicas, other sentinels, nodes."""

import contextlib
from collections.abc import Iterator
from typing import Any

import redis
import redis.backoff
import redis.retry

from facegate.shared.address import Address
from facegate.shared.link import ANSWER_SECONDS, CONNECT_SECONDS, Away, explained, options_of, tls_of


def members(to: Address, ca: str = "") -> frozenset[tuple[str, int]]:
    """Host and port of each, as all of the named hosts that answer know them; of a single Redis none. Blocks, for some
    seconds at each host that is away. Raises Away when nobody answers."""
    if to.kind == "single":
        return frozenset()
    found: set[tuple[str, int]] = set()
    away: Away | None = None
    options = options_of(to, CONNECT_SECONDS, ANSWER_SECONDS) | tls_of(to, ca)
    for host, port in to.hosts:
        retry = redis.retry.Retry(redis.backoff.NoBackoff(), 0)
        with contextlib.closing(redis.Redis(host=host, port=port, retry=retry, **options)) as client:
            try:
                with explained(to):
                    found.update(_nodes(client, host) if to.kind == "cluster" else _group(client, to.master))
            except Away as error:
                away = error
    if away is not None and not found:
        raise away
    return frozenset(found)


def _nodes(client: Any, asked: str) -> Iterator[tuple[str, int]]:
    """Those without a slot, too. A node that has met no other does not know its own address."""
    for place in client.cluster("NODES"):
        host, _, port = place.rpartition(":")
        yield host or asked, int(port)


def _group(client: Any, master: str) -> Iterator[tuple[str, int]]:
    """Those that are down, too: they come back."""
    known = client.sentinel_master(master), *client.sentinel_slaves(master), *client.sentinel_sentinels(master)
    for each in known:
        yield each["ip"], int(each["port"])
