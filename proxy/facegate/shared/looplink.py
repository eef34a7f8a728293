"""The connection to Redis from an event loop: the same as `link`, with the patience of one who can do without."""

import contextlib
from typing import Any, Final, cast

import redis.asyncio
import redis.asyncio.cluster
import redis.asyncio.sentinel
import redis.backoff
import redis.exceptions
from redis.asyncio.retry import Retry

from facegate.shared.address import Address
from facegate.shared.link import explained, options_of, tls_of

CONNECT_SECONDS: Final = 0.5
ANSWER_SECONDS: Final = 0.25

LoopClient = redis.asyncio.Redis | redis.asyncio.cluster.RedisCluster


def connect(to: Address, ca: str = "") -> LoopClient:
    """Opens no connection yet. Belongs to the event loop that uses it first. Raises Away."""
    options, tls = options_of(to, CONNECT_SECONDS, ANSWER_SECONDS), tls_of(to, ca)
    options["retry"] = Retry(redis.backoff.NoBackoff(), 0)
    with explained(to):
        if to.kind == "cluster":
            nodes: list[Any] = [redis.asyncio.cluster.ClusterNode(host, port) for host, port in to.hosts]
            options["retry"] = Retry(redis.backoff.NoBackoff(), 1)  # a slot that moved is asked for again
            return redis.asyncio.cluster.RedisCluster(startup_nodes=nodes, **options, **tls)
        if to.kind == "sentinel":
            known = {**options, **tls}
            sentinel = redis.asyncio.sentinel.Sentinel(list(to.hosts), sentinel_kwargs=known, **known)  # type: ignore[no-untyped-call]
            return cast(redis.asyncio.Redis, sentinel.master_for(to.master, db=to.number))
        ((host, port),) = to.hosts
        return redis.asyncio.Redis(host=host, port=port, db=to.number, **options, **tls)


async def close(client: LoopClient) -> None:
    """With the connections to sentinels, which redis-py would leave open."""
    sentinels = getattr(getattr(client, "connection_pool", None), "sentinel_manager", None)
    for each in (client, *(sentinels.sentinels if sentinels is not None else ())):
        with contextlib.suppress(redis.exceptions.RedisError, OSError):
            await each.aclose()
