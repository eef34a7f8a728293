import contextlib
import socket
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest
import redis
from facegate.errors import Uncertain
from facegate.sections import State
from facegate.shared import link
from facegate.shared.address import address
from facegate.shared.link import Away, connect, explained
from facegate.shared.opened import open_state
from facegate.state.home import Home
from live.authority import Authority
from live.redis_server import RedisServer, free_port, state_at

# What docs/state.md says a user of Redis has to be allowed.
ALLOWED = (
    "~{facegate}:* ~facegate:* resetchannels -@all +eval +info +ping +get +set +del +pttl +hget +hset +hmget +xadd"
    " +xrange +xread +xtrim +lpush +llen +blpop +pexpire"
)


def ask(url: str, ca: str = "") -> object:
    to = address(url)
    with contextlib.closing(connect(to, ca)) as client, explained(to):
        return client.ping()


@pytest.mark.redis
def test_a_user_needs_no_more_than_the_documents_say(redis_server: str, tmp_path: Path, home: Home) -> None:
    users = tmp_path / "users.acl"
    users.write_text(f"user default off\nuser gate on >S3CRET {ALLOWED}\nuser weak on >S3CRET ~other:* +ping +eval\n")
    text = " ".join((Path(__file__).parents[2] / "docs" / "state.md").read_text("utf-8").split())
    assert ALLOWED in text
    with RedisServer(redis_server, tmp_path / "own", "--aclfile", str(users)) as server:
        where = f"127.0.0.1:{server.port}"
        with open_state(home, state_at(f"redis://gate:S3CRET@{where}", tmp_path), follow=True) as database:
            database.write_now(lambda c: c.execute("INSERT INTO settings VALUES ('one', '')"))
            database.catch_up()
        for user, says in (("gate:WR0NG", "refuses the user or the password"), ("weak:S3CRET", "does not allow")):
            with pytest.raises(Away, match=says) as caught:
                _write(home, state_at(f"redis://{user}@{where}/0", tmp_path))
            assert "S3CRET" not in str(caught.value)
            assert "WR0NG" not in str(caught.value)


def _write(home: Home, settings: State) -> None:
    with open_state(home, settings) as database:
        database.write_now(lambda c: c.execute("INSERT INTO settings VALUES ('two', '')"))


@pytest.mark.redis
def test_tls_is_checked_against_the_authority_that_is_named(redis_server: str, tmp_path: Path, home: Home) -> None:
    authority, other = Authority(tmp_path), Authority(_folder(tmp_path / "other"))
    pem = str(tmp_path / "origin.pem")
    tls = ("--tls-cert-file", pem, "--tls-key-file", pem, "--tls-auth-clients", "no")
    with RedisServer(redis_server, tmp_path / "own", *tls, tls=True) as server:
        url = f"rediss://localhost:{server.port}"
        assert ask(url, str(authority.pem))
        with open_state(home, state_at(url, tmp_path, str(authority.pem))) as database:
            database.write_now(lambda c: c.execute("INSERT INTO settings VALUES ('one', '')"))
        for ca in (str(other.pem), ""):
            with pytest.raises(Away, match="cannot be reached"):
                ask(url, ca)
        with pytest.raises(Away):
            ask(f"redis://localhost:{server.port}")


def test_whoever_takes_a_connection_and_says_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "ANSWER_SECONDS", 0.3)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        started = time.monotonic()
        with pytest.raises(Away, match="did not answer"):
            ask(f"redis://127.0.0.1:{silent.getsockname()[1]}")
        assert time.monotonic() - started < 10


@pytest.mark.redis
def test_sentinels_say_who_is_master(redis_server: str, tmp_path: Path, home: Home) -> None:
    with RedisServer(redis_server, tmp_path / "own") as server:
        config = _folder(tmp_path / "sentinel") / "sentinel.conf"
        config.write_text(f"sentinel monitor main 127.0.0.1 {server.port} 1\n")
        port = free_port()
        argv = [redis_server, str(config), "--sentinel", "--port", str(port), "--bind", "127.0.0.1"]
        with subprocess.Popen(argv, stdout=subprocess.DEVNULL) as sentinel:
            try:
                url = f"redis+sentinel://127.0.0.1:{port}/main"
                _until(lambda: ask(url))
                _write(home, state_at(url, tmp_path))
                with contextlib.closing(server.client()) as client:
                    assert client.hget("{facegate}:meta", "end") == b"1"
                with pytest.raises(Away, match="cannot be reached"):
                    ask(f"redis+sentinel://127.0.0.1:{port}/unknown")
            finally:
                sentinel.kill()


@pytest.mark.redis
def test_a_node_follows_the_sentinels_to_a_new_master(redis_server: str, tmp_path: Path, home: Home) -> None:
    with RedisServer(redis_server, tmp_path / "one") as first:
        follows = ("--replicaof", f"127.0.0.1 {first.port}")
        with RedisServer(redis_server, tmp_path / "two", *follows) as second:
            config = _folder(tmp_path / "sentinel") / "sentinel.conf"
            config.write_text(
                f"sentinel monitor main 127.0.0.1 {first.port} 1\nsentinel down-after-milliseconds main 500\n"
            )
            port = free_port()
            argv = [redis_server, str(config), "--sentinel", "--port", str(port), "--bind", "127.0.0.1"]
            with subprocess.Popen(argv, stdout=subprocess.DEVNULL) as sentinel:
                try:
                    url = f"redis+sentinel://127.0.0.1:{port}/main"
                    _until(lambda: ask(url))
                    with open_state(home, state_at(url, tmp_path)) as database:
                        database.write_now(lambda c: c.execute("INSERT INTO settings VALUES ('one', '')"))
                        with contextlib.closing(second.client()) as client:
                            _until(lambda: client.hget("{facegate}:meta", "end") == b"1" or _raise())
                        with contextlib.closing(redis.Redis(port=port)) as client:
                            _until(lambda: client.sentinel_master("main")["num-slaves"] == 1 or _raise())
                        first.kill()
                        _until(lambda: database.write_now(_two))
                    with contextlib.closing(second.client()) as client:
                        assert client.hget("{facegate}:meta", "end") == b"2"
                finally:
                    sentinel.kill()


def _two(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT OR REPLACE INTO settings VALUES ('two', '')")


@pytest.mark.redis
def test_a_cluster_holds_it_in_one_slot(redis_server: str, tmp_path: Path, home: Home) -> None:
    bus = ("--cluster-port", str(free_port()))
    with RedisServer(redis_server, tmp_path / "own", "--cluster-enabled", "yes", *bus) as server:
        with contextlib.closing(server.client()) as client:
            client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
            _until(lambda: b"cluster_state:ok" in client.execute_command("CLUSTER", "INFO") or _raise())
        settings = state_at(f"redis+cluster://127.0.0.1:{server.port}", tmp_path)
        with open_state(home, settings, follow=True) as database:
            database.write_now(lambda c: c.execute("INSERT INTO settings VALUES ('one', '')"))
            database.catch_up()
            assert database.read("SELECT count(*) FROM settings WHERE name = 'one'")[0][0] == 1


def test_errors_do_not_repeat_what_was_sent() -> None:
    to = address("redis://me:S3CRET@cache")
    for error in (
        redis.exceptions.ResponseError("WRONGTYPE S3CRET"),
        redis.exceptions.RedisError("S3CRET"),
        OSError("S3CRET"),
    ):
        with pytest.raises(Away, match="the shared state at redis://cache:6379") as caught, explained(to):
            raise error
        assert "S3CRET" not in str(caught.value)


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _raise() -> None:
    raise Away("not yet")


def _until(check: object) -> None:
    until = time.monotonic() + 90
    while True:
        try:
            check()  # type: ignore[operator]
        except (Away, Uncertain):
            assert time.monotonic() < until
            time.sleep(0.05)
        else:
            return
