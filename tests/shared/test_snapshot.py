import contextlib
import json
import os
import sqlite3
from collections.abc import Callable

import pytest
from facegate.errors import StateError
from facegate.shared import snapshot
from facegate.shared.entry import Seal
from facegate.shared.log import Log
from facegate.state.database import Database
from facegate.state.home import Home
from live.redis_server import RedisServer

pytestmark = pytest.mark.redis
Node = Callable[..., Database]
Put = Callable[[str], Callable[[sqlite3.Connection], int]]
Names = Callable[[Database], list[str]]


def keys(redis: RedisServer) -> int:
    with contextlib.closing(redis.client()) as client:
        return len(client.keys("{facegate}:snapshot:*"))


def test_a_new_node_begins_with_it_and_goes_on_with_the_log(
    node: Node, log: Log, seal: Seal, put: Put, names: Names, redis: RedisServer
) -> None:
    a = node("a")
    a.write_now(put("held"))
    pieces = keys(redis)
    assert snapshot.publish(log, seal, a.path)
    assert keys(redis) == pieces  # the last one is gone
    a.write_now(put("after"))
    assert [position for position, _ in log.read(0).entries] == [2]
    b = node("b")
    b.catch_up()
    assert names(b) == ["after", "held"]
    b.write_now(put("more"))
    a.catch_up()
    assert names(a) == names(b)


def test_it_may_be_of_many_pieces(node: Node, log: Log, seal: Seal, redis: RedisServer) -> None:
    a = node("a")
    text = os.urandom(1_500_000).hex()
    a.write_now(lambda c: c.execute("INSERT INTO settings VALUES ('big', ?)", (text,)))
    snapshot.publish(log, seal, a.path)
    assert keys(redis) >= 3
    b = node("b")
    assert b.read("SELECT value FROM settings WHERE name = 'big'")[0][0] == text
    assert not list(b.path.parent.glob("*snapshot*"))


def test_what_is_a_nodes_own_stays_its_own(node: Node, log: Log, seal: Seal, put: Put, names: Names) -> None:
    a, b = node("a"), node("b")
    for each, name in ((a, "of a"), (b, "of b")):
        each.write_now(lambda c, n=name: c.execute("INSERT INTO destroyed VALUES (?, '')", (n,)), local=True)
    a.write_now(put("one"))
    snapshot.publish(log, seal, a.path)
    snapshot.load(log, seal, b.path, log.read(0).snapshot)
    assert names(b) == ["one"]
    assert [row["id"] for row in b.read("SELECT id FROM destroyed")] == ["of b"]


def test_one_that_was_altered_is_not_taken(
    node: Node, log: Log, seal: Seal, put: Put, names: Names, redis: RedisServer
) -> None:
    a, b = node("a"), node("b")
    a.write_now(put("one"))
    snapshot.publish(log, seal, a.path)
    said = log.read(0).snapshot
    with contextlib.closing(redis.client()) as client:
        name = f"{{facegate}}:snapshot:{json.loads(said)['name']}:0"
        client.setrange(name, 20, b"\0\0\0\0")
    with pytest.raises(StateError, match="not written with this"):
        snapshot.load(log, seal, b.path, said)
    with pytest.raises(StateError, match="schema"):
        snapshot.load(log, seal, b.path, json.dumps(json.loads(said) | {"schema": 999}))
    with pytest.raises(StateError, match="not written with this"):
        snapshot.load(log, seal, b.path, json.dumps(json.loads(said) | {"position": 7}))
    assert names(b) == []


def test_a_home_that_shares_nothing_has_none(database: Database, log: Log, seal: Seal, home: Home) -> None:
    with pytest.raises(StateError, match="not part of"):
        snapshot.publish(log, seal, home.database)
    with pytest.raises(StateError, match="not part of"):
        snapshot.store(log, seal, home.database)
