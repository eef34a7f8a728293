import sqlite3
from collections.abc import Callable

import pytest
from facegate.errors import StateError
from facegate.sections import State
from facegate.shared import joining, snapshot
from facegate.shared.entry import Seal
from facegate.shared.link import Away
from facegate.shared.log import Log
from facegate.shared.opened import open_state
from facegate.state.database import Database
from facegate.state.home import Home
from live.redis_server import RedisServer

pytestmark = pytest.mark.redis
Node = Callable[..., Database]
Put = Callable[[str], Callable[[sqlite3.Connection], int]]
Names = Callable[[Database], list[str]]
HomeOf = Callable[[str], Home]


def alone(home: Home, put: Put, name: str) -> None:
    with open_state(home, State()) as database:
        database.write_now(put(name))


def test_a_state_that_was_alone_is_what_others_begin_with(node: Node, home_of: HomeOf, put: Put, names: Names) -> None:
    alone(home_of("a"), put, "from before")
    a, b = node("a"), node("b")
    assert names(a) == names(b) == ["from before"]


def test_two_states_are_not_mixed(node: Node, home_of: HomeOf, put: Put, names: Names, log: Log, seal: Seal) -> None:
    node("a").write_now(put("shared"))
    alone(home_of("b"), put, "alone")
    with pytest.raises(StateError, match=r"a state of its own, and Redis another.*resync"):
        node("b")
    joining.take_theirs(log, seal, home_of("b").database)
    assert names(node("b")) == ["shared"] or node("b").catch_up() is None
    assert names(node("b")) == ["shared"]


def test_a_node_that_was_away_too_long_begins_with_the_snapshot(
    node: Node, home_of: HomeOf, put: Put, names: Names, log: Log, seal: Seal, shared_state: State
) -> None:
    a = node("a")
    open_state(home_of("b"), shared_state).close()
    still = node("c")
    for name in ("one", "two"):
        a.write_now(put(name))
    snapshot.publish(log, seal, a.path)
    with pytest.raises(StateError, match="away for longer"):
        still.catch_up()
    b = node("b")
    b.catch_up()
    assert names(b) == ["one", "two"]


def test_a_redis_that_was_emptied_begins_anew_with_whom_one_says(
    node: Node, home_of: HomeOf, put: Put, names: Names, log: Log, seal: Seal, redis: RedisServer
) -> None:
    a, b = node("a"), node("b")
    a.write_now(put("one"))
    redis.empty()
    with pytest.raises(StateError, match=r"holds no shared state.*resync"):
        node("a")
    with pytest.raises(StateError, match="--from-here"):
        joining.take_theirs(log, seal, a.path)
    assert joining.give_ours(log, seal, a.path).position == 0
    with pytest.raises(StateError, match="begun anew without this node"):
        b.write_now(put("two"))
    joining.take_theirs(log, seal, b.path)
    a.write_now(put("three"))
    b.catch_up()
    assert names(a) == names(b) == ["one", "three"]


def test_who_never_joined_needs_redis_and_who_did_does_not(
    redis_server: str, tmp_path: object, shared_state: State, home_of: HomeOf, put: Put, names: Names
) -> None:
    with RedisServer(redis_server, tmp_path / "own") as server:  # type: ignore[operator]
        settings = State(server.url, shared_state.key)
        with open_state(home_of("a"), settings) as a:
            a.write_now(put("one"))
    with open_state(home_of("a"), settings) as a:
        assert names(a) == ["one"]
        with pytest.raises(Away):
            a.write_now(put("two"))
    with pytest.raises(Away):
        open_state(home_of("b"), settings)


def test_a_redis_that_throws_things_away_is_refused(
    redis_server: str, tmp_path: object, shared_state: State, home_of: HomeOf
) -> None:
    with (
        RedisServer(redis_server, tmp_path / "own", "--maxmemory-policy", "allkeys-lru") as server,  # type: ignore[operator]
        pytest.raises(StateError, match="noeviction, not allkeys-lru"),
    ):
        open_state(home_of("a"), State(server.url, shared_state.key))


def test_who_leaves_goes_on_alone(home_of: HomeOf, shared_state: State, put: Put, names: Names) -> None:
    home = home_of("a")
    with open_state(home, shared_state) as a:
        a.write_now(put("one"))
    with pytest.raises(StateError, match=r"copy of a shared state.*facegate state leave"):
        open_state(home, State())
    joining.leave(home.database)
    with open_state(home, State()) as a:
        a.write_now(put("two"))
        assert names(a) == ["one", "two"]
