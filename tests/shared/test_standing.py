import contextlib
import sqlite3
from collections.abc import Callable

import pytest
from facegate.shared import standing
from facegate.shared.log import Log
from facegate.state.database import Database
from facegate.state.home import Home
from live.redis_server import RedisServer

Node = Callable[..., Database]
Put = Callable[[str], Callable[[sqlite3.Connection], int]]


def test_alone(database: Database) -> None:
    assert standing.alone(database.path) == {"kind": "sqlite", "at": str(database.path), "wrong": ""}


@pytest.mark.redis
def test_a_node_that_has_all_and_one_that_has_not(node: Node, log: Log, put: Put, redis: RedisServer) -> None:
    a, b = node("a"), node("b")
    a.write_now(put("one"))
    found = standing.shared(log, a.path)
    assert (found["position"], found["end"], found["behind"], found["wrong"]) == (1, 1, 0, "")
    assert found["snapshot"] == 0
    assert found["append_only_file"] is True
    found = standing.shared(log, b.path)
    assert (found["position"], found["behind"], found["wrong"]) == (0, 1, "")
    assert standing.alone(a.path)["wrong"]
    with contextlib.closing(redis.client()) as client:
        client.hset("{facegate}:meta", "head", "other")
    assert standing.shared(log, a.path)["wrong"] == "the shared log has another past than this node"
    redis.empty()
    assert "holds no shared state" in standing.shared(log, a.path)["wrong"]


@pytest.mark.redis
def test_one_that_never_joined(node: Node, log: Log, home_of: Callable[[str], Home]) -> None:
    node("a")
    assert "not joined" in standing.shared(log, home_of("new").database)["wrong"]


def test_a_redis_that_makes_room() -> None:
    assert standing.evicting({"maxmemory_policy": "noeviction"}) == ""
    assert "volatile-lru" in standing.evicting({"maxmemory_policy": "volatile-lru"})
