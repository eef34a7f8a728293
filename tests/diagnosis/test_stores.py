import dataclasses
import socket
from pathlib import Path

import pytest
from facegate.config import Config
from facegate.diagnosis import stores
from facegate.diagnosis.finding import State
from facegate.sections import State as Shared
from facegate.sections import Vault
from facegate.shared.opened import open_state
from facegate.state.database import Database
from facegate.state.home import Home


def closed() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def test_on_this_machine_alone(config: Config, home: Home) -> None:
    assert [(it.subject, it.state) for it in stores.look(config, home)] == [("state", State.OK)]


@pytest.mark.redis
def test_redis_answers(config: Config, home: Home, shared_state: Shared) -> None:
    open_state(home, shared_state, follow=False).close()
    found = list(stores.look(dataclasses.replace(config, state=shared_state), home))
    assert found[0].state is State.OK
    assert found[0].says.startswith("Redis ")
    assert {it.state for it in found} <= {State.OK, State.WARNING}  # a test's Redis may keep nothing


@pytest.mark.redis
def test_redis_that_is_away_and_a_clock_that_is_wrong(
    config: Config, home: Home, shared_state: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_state(home, shared_state, follow=False).close()
    settings = dataclasses.replace(config, state=shared_state)
    monkeypatch.setattr(stores, "APART", -1.0)
    assert any("the clock of Redis" in it.says for it in stores.look(settings, home) if it.state is State.PROBLEM)
    away = dataclasses.replace(shared_state, url=f"redis://127.0.0.1:{closed()}")
    (found,) = stores.look(dataclasses.replace(config, state=away), home)
    assert found.state is State.PROBLEM


def test_storage_that_is_away(config: Config, home: Home, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.touch(0o600)
    secret.write_text("ID:SECRET")
    vault = Vault("s3://bucket", f"http://127.0.0.1:{closed()}", "us-east-1", credentials={"file": str(secret)})
    settings = dataclasses.replace(config, vault=vault)
    assert [it.state for it in stores.look(settings, home)] == [State.OK, State.NOTE]  # no state yet
    Database.open(home.database).close()
    _, found = stores.look(settings, home)
    assert (found.subject, found.state) == ("vault", State.PROBLEM)
    assert "SECRET" not in found.says + found.do
