import fcntl
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from facegate.cli import main
from facegate.config import load
from facegate.sections import State
from facegate.state.home import Home
from live.redis_server import RedisServer, as_toml

Run = Callable[..., Result]


@pytest.fixture
def run(shared_state: State, tmp_path: Path) -> Run:
    """`run("a", "state", "status")`: on the home of node a."""
    config = tmp_path / "facegate.toml"
    config.write_text(as_toml(shared_state))

    def facegate(node: str, *arguments: str) -> Result:
        Home.prepare(load(home=str(tmp_path / node)))
        options = ("--config", str(config), "--home", str(tmp_path / node))
        return CliRunner().invoke(main, [*arguments, *options], catch_exceptions=False)

    return facegate


def said(result: Result) -> Any:
    return json.loads(result.stdout)


def test_on_one_machine_there_is_nothing_to_mend(facegate: Any) -> None:
    facegate.ok("user", "add", "eve", "--role", "reviewer")
    assert facegate.json("state", "status")["kind"] == "sqlite"
    assert "wrong" in facegate.ok("state", "status")
    assert "nothing is shared" in facegate.refused("state", "resync", "--yes")
    assert "nothing is shared" in facegate.refused("state", "snapshot")


@pytest.mark.redis
def test_two_nodes_see_the_same_users(run: Run) -> None:
    assert run("a", "user", "add", "eve", "--role", "reviewer").exit_code == 0
    assert [user["name"] for user in said(run("b", "user", "list", "--json"))] == ["eve"]
    found = said(run("a", "state", "status", "--json"))
    assert (found["position"], found["end"], found["wrong"]) == (1, 1, "")
    assert run("a", "state", "status").exit_code == 0
    assert said(run("a", "state", "snapshot", "--json")) == {"done": True}
    assert "no older change" in run("a", "state", "snapshot").stdout


@pytest.mark.redis
def test_an_emptied_redis_is_filled_again_when_somebody_says_so(run: Run, redis: RedisServer, tmp_path: Path) -> None:
    run("a", "user", "add", "eve", "--role", "reviewer")
    run("b", "user", "add", "ada", "--role", "reviewer")
    redis.empty()
    refused = run("b", "user", "add", "bob", "--role", "reviewer")
    assert refused.exit_code == 2
    assert "facegate state resync" in refused.stderr
    status = run("b", "state", "status", "--json")
    assert status.exit_code == 1
    assert "holds no shared state" in said(status)["wrong"]
    assert run("b", "state", "resync", "--from-here").exit_code == 1  # nobody said yes
    assert said(run("b", "state", "resync", "--from-here", "--yes", "--json"))["position"] == 0
    assert "stands at 0" in run("a", "state", "resync", "--yes").stdout
    assert [user["name"] for user in said(run("a", "user", "list", "--json"))] == ["ada", "eve"]


@pytest.mark.redis
def test_nothing_is_replaced_below_a_gateway_that_serves(run: Run, tmp_path: Path) -> None:
    run("a", "user", "add", "eve", "--role", "reviewer")
    with (tmp_path / "a" / "run" / "serve.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for verb in (("resync", "--yes"), ("resync", "--from-here", "--yes"), ("leave",)):
            refused = run("a", "state", *verb)
            assert refused.exit_code == 2
            assert "stop it first" in refused.stderr


@pytest.mark.redis
def test_a_home_may_leave(run: Run, tmp_path: Path) -> None:
    run("a", "user", "add", "eve", "--role", "reviewer")
    assert "no part of a shared state" in run("a", "state", "leave").stdout
    alone = CliRunner().invoke(main, ["user", "list", "--home", str(tmp_path / "a")], catch_exceptions=False)
    assert "eve" in alone.stdout
