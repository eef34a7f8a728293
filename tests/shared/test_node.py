import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from facegate.errors import HomeError, StateError
from facegate.sections import State
from facegate.shared.opened import open_state
from facegate.state.database import Database
from facegate.state.home import Home
from live.processes import eventually
from live.redis_server import RedisServer

Node = Callable[..., Database]
Put = Callable[[str], Callable[[sqlite3.Connection], int]]
Names = Callable[[Database], list[str]]
PATIENCE = 30.0


@pytest.mark.redis
def test_news_are_there_without_being_asked_for(node: Node, put: Put, names: Names) -> None:
    a, b = node("a", follow=True), node("b", follow=True)
    eventually(lambda: not a.stale() and not b.stale(), PATIENCE, "both hear Redis")
    a.write_now(put("one"))
    eventually(lambda: names(b) == ["one"], PATIENCE, "it is there")


@pytest.mark.redis
@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_without_redis_it_goes_on_with_what_it_has_and_catches_up(
    redis_server: str, tmp_path: Path, shared_state: State, home: Home, put: Put, names: Names, how: str
) -> None:
    with RedisServer(redis_server, tmp_path / "own") as server:
        settings = State(server.url, shared_state.key)
        with open_state(home, settings, follow=True) as a:
            a.write_now(put("one"))
            eventually(lambda: not a.stale(), PATIENCE, "it hears Redis")
            server.kill() if how == "killed" else server.stop()
            eventually(a.stale, PATIENCE, "it says so")
            assert names(a) == ["one"]
            with pytest.raises(StateError):
                a.write_now(put("two"))
            away = a.following()
            assert away is not None
            assert (away.connected, away.heard > 1, a.refused) == (False, True, 1)
            server.start() if how == "killed" else server.go_on()
            eventually(lambda: not a.stale(), PATIENCE, "it is back")
            a.write_now(put("three"))
            assert "three" in names(a)
            back = a.following()
            assert back is not None
            assert (back.connected, a.refused) == (True, 1)


def test_the_key_has_to_be_there_and_long_and_private(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "key"
    settings = State("redis://127.0.0.1:1", {"file": str(file)})
    with pytest.raises(HomeError, match=r"state.key: .*cannot be read"):
        open_state(home, settings)
    file.write_text("short")
    file.chmod(0o600)
    with pytest.raises(HomeError, match="at least 32 characters"):
        open_state(home, settings)
    file.chmod(0o644)
    with pytest.raises(HomeError, match=r"others can read.*chmod 600"):
        open_state(home, settings)
    monkeypatch.delenv("NOT_THERE", raising=False)
    with pytest.raises(HomeError, match="environment variable NOT_THERE is not set"):
        open_state(home, State(settings.url, {"env": "NOT_THERE"}))
    assert "NOT_THERE" not in os.environ


@pytest.mark.redis
def test_the_password_may_be_elsewhere_than_in_the_url(
    redis_server: str, tmp_path: Path, shared_state: State, home: Home, put: Put, names: Names
) -> None:
    file = tmp_path / "password"
    file.touch(mode=0o600)
    file.write_text("of Redis, alone\n")
    with RedisServer(redis_server, tmp_path / "own", "--requirepass", "of Redis, alone") as server:
        settings = State(server.url, shared_state.key, password={"file": str(file)})
        with open_state(home, settings) as a:
            a.write_now(put("one"))
            assert names(a) == ["one"]
        file.write_text("another")
        with (
            open_state(home, settings) as a,
            pytest.raises(StateError, match="refuses the user or the password") as caught,
        ):
            a.write_now(put("two"))
        assert "another" not in str(caught.value)
    file.write_text("\n")
    with pytest.raises(HomeError, match=r"state.password: .* is empty"):
        open_state(home, settings)
