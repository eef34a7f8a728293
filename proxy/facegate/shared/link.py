"""The connection to Redis: every wait has an end, nothing is tried twice, no error tells a secret."""

import contextlib
import ssl
from collections.abc import Iterator
from typing import Any, Final, cast

import redis
import redis.backoff
import redis.cluster
import redis.exceptions
import redis.retry
import redis.sentinel

from facegate.errors import StateError
from facegate.shared.address import Address

CONNECT_SECONDS: Final = 2.0
ANSWER_SECONDS: Final = 2.0  # Redis answers in less than a millisecond; longer means that it hangs or is gone

Client = redis.Redis | redis.cluster.RedisCluster


class Away(StateError):
    """Redis gave no answer, or one that stops everybody. It may have done what it was asked."""


def connect(to: Address, ca: str = "", *, blocks: float = 0.0) -> Client:
    """Opens no connection yet. `blocks`: seconds that a command of this client may wait for something to happen."""
    options, tls = options_of(to, CONNECT_SECONDS, ANSWER_SECONDS + blocks), tls_of(to, ca)
    options["retry"] = redis.retry.Retry(redis.backoff.NoBackoff(), 0)
    with explained(to):
        if to.kind == "cluster":
            nodes = [redis.cluster.ClusterNode(host, port) for host, port in to.hosts]  # type: ignore[no-untyped-call]
            options["retry"] = redis.retry.Retry(redis.backoff.NoBackoff(), 1)  # a slot that moved is asked for again
            return redis.cluster.RedisCluster(startup_nodes=nodes, **options, **tls)
        if to.kind == "sentinel":
            sentinel = redis.sentinel.Sentinel(to.hosts, sentinel_kwargs={**options, **tls}, **options, **tls)  # type: ignore[no-untyped-call]
            return cast(redis.Redis, sentinel.master_for(to.master, db=to.number))  # type: ignore[no-untyped-call]
        ((host, port),) = to.hosts
        return redis.Redis(host=host, port=port, db=to.number, **options, **tls)


def options_of(to: Address, connects: float, answers: float) -> dict[str, Any]:
    """What every client of redis-py is made with, but for `retry`. In seconds."""
    return {
        "socket_connect_timeout": connects,
        "socket_timeout": answers,
        "username": to.user or None,
        "password": to.password or None,
        "protocol": 2,
        "driver_info": None,  # CLIENT SETINFO is no part of what a user has to be allowed
    }


def tls_of(to: Address, ca: str) -> dict[str, Any]:
    if not to.tls:
        return {}
    tls = {"ssl": True, "ssl_cert_reqs": "required", "ssl_check_hostname": True}
    tls["ssl_min_version"] = ssl.TLSVersion.TLSv1_2
    return tls | ({"ssl_ca_certs": ca} if ca else {})


@contextlib.contextmanager
def explained(to: Address) -> Iterator[None]:
    """Raises Away, one line without the texts of others: they may repeat what was sent."""
    try:
        yield
    except (redis.exceptions.RedisError, OSError) as error:
        raise Away(f"the shared state at {to} {_why(error)}") from None


def _why(error: Exception) -> str:
    match error:
        case redis.exceptions.AuthenticationError() | redis.exceptions.AuthenticationWrongNumberOfArgsError():
            return "refuses the user or the password of state.url"
        case redis.exceptions.NoPermissionError():
            return "does not allow its user what is needed; docs/state.md has the ACL"
        case redis.exceptions.ReadOnlyError():
            return "is a replica that cannot be written"
        case redis.exceptions.TimeoutError():
            return f"did not answer within {ANSWER_SECONDS:g} seconds"
        case redis.exceptions.OutOfMemoryError():
            return "is full; give it more memory"
        case redis.exceptions.ResponseError():
            word = str(error).split(" ", 1)[0]
            return f"refuses ({word})" if word.isascii() and word.isalpha() and word.isupper() else "refuses"
        case redis.exceptions.ConnectionError() | OSError() | redis.exceptions.RedisClusterException():
            return "cannot be reached"
        case _:
            return f"failed ({type(error).__name__})"
