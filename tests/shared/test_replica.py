import asyncio
import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest
from facegate.errors import ConfigError, StateError, Uncertain
from facegate.sections import State
from facegate.shared.entry import Place
from facegate.shared.link import Away
from facegate.shared.log import Log
from facegate.shared.opened import open_state
from facegate.shared.place import place_of
from facegate.state.database import Database
from facegate.state.home import Home
from live.redis_server import RedisServer

pytestmark = pytest.mark.redis
Node = Callable[..., Database]
Put = Callable[[str], Callable[[sqlite3.Connection], int]]
Names = Callable[[Database], list[str]]


def test_each_sees_what_the_other_wrote_before_it_writes(node: Node, put: Put, names: Names) -> None:
    a, b = node("a"), node("b")
    a.write_now(put("one"))
    with pytest.raises(sqlite3.IntegrityError):
        b.write_now(put("one"))
    b.write_now(put("two"))
    a.catch_up()
    assert names(a) == names(b) == ["one", "two"]
    assert a.look(place_of) == b.look(place_of)


async def test_a_counter_is_exact_whoever_counts(node: Node) -> None:
    """The budget of one job, asked for from two nodes at once."""
    a, b = node("a"), node("b")
    a.write_now(lambda c: c.execute("INSERT INTO settings VALUES ('left', '100')"))

    def take(connection: sqlite3.Connection) -> bool:
        left = int(connection.execute("SELECT value FROM settings WHERE name = 'left'").fetchone()[0])
        if left:
            connection.execute("UPDATE settings SET value = ? WHERE name = 'left'", (str(left - 1),))
        return left > 0

    taken = await asyncio.gather(*(each.write(take) for _ in range(500) for each in (a, b)))
    assert sum(taken) == 100
    a.catch_up()
    b.catch_up()
    for each in (a, b):
        assert each.read("SELECT value FROM settings WHERE name = 'left'")[0][0] == "0"


def test_triggers_numbers_and_cascades_are_the_same_everywhere(node: Node) -> None:
    a, b = node("a"), node("b")
    a.write_now(lambda c: c.execute("INSERT INTO users VALUES ('eve', 'admin', 'x', '')"))
    b.write_now(lambda c: c.execute("INSERT INTO api_tokens VALUES ('t', ?, 'eve', '[]', '', '', NULL)", (b"h" * 32,)))
    a.write_now(lambda c: c.execute("DELETE FROM users"))
    for number, each in enumerate((a, b, a)):
        each.write_now(lambda c, n=number: c.execute("INSERT INTO correction_changes (correction) VALUES (?)", (n,)))
    b.catch_up()
    for each in (a, b):
        assert not each.read("SELECT * FROM api_tokens")
        assert [tuple(row) for row in each.read("SELECT * FROM correction_changes")] == [(1, 0), (2, 1), (3, 2)]


def test_what_is_local_stays_local_and_needs_nobody(node: Node, redis: RedisServer) -> None:
    a, b = node("a"), node("b")
    redis.empty()
    a.write_now(lambda c: c.execute("INSERT INTO destroyed VALUES ('r', '')"), local=True)
    assert len(a.read("SELECT * FROM destroyed")) == 1
    assert not b.read("SELECT * FROM destroyed")


def test_one_that_fails_leaves_nothing_in_the_log(node: Node, log: Log, put: Put) -> None:
    a = node("a")

    def half(connection: sqlite3.Connection) -> None:
        put("half")(connection)
        raise ConfigError("no")

    with pytest.raises(ConfigError):
        a.write_now(half)
    assert not log.read(0).entries
    a.write_now(put("whole"))
    assert len(log.read(0).entries) == 1


def test_a_rule_that_is_broken_at_the_commit_changes_nothing_anywhere(node: Node, put: Put, names: Names) -> None:
    a, b = node("a"), node("b")

    def uncommittable(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA defer_foreign_keys=ON")
        put("ghost")(connection)
        connection.execute(
            "INSERT INTO history (record, at, event, user, note, job) VALUES ('ghost', '', '', '', '', '')"
        )

    a.write_now(put("before"))
    with pytest.raises(Uncertain):
        a.write_now(uncommittable)
    a.write_now(put("after"))
    b.catch_up()
    assert names(a) == names(b) == ["after", "before"]
    assert a.look(place_of) == b.look(place_of)


KILLED = """
import os, signal, sys
from facegate.config import load
from facegate.sections import State
from facegate.shared import log
from facegate.shared.opened import open_state
from facegate.state.home import Home

def append(self, *arguments, append=log.Log.append):
    append(self, *arguments)
    os.kill(os.getpid(), signal.SIGKILL)

log.Log.append = append
url, key, home = sys.argv[1:]
database = open_state(Home.prepare(load(home=home)), State(url, {"file": key}))
database.write_now(lambda c: c.execute("INSERT INTO settings VALUES ('mine', '')"))
"""


def test_a_node_killed_between_the_log_and_its_own_commit_finds_its_change_again(
    node: Node, shared_state: State, home_of: Callable[[str], Home], names: Names, put: Put
) -> None:
    a, home = node("a"), home_of("b")
    arguments = (shared_state.url, shared_state.key["file"], str(home.path))
    child = subprocess.run([sys.executable, "-c", KILLED, *arguments], check=False)
    assert child.returncode == -signal.SIGKILL
    with contextlib.closing(sqlite3.connect(home.database)) as raw:
        assert not raw.execute("SELECT * FROM settings WHERE name = 'mine'").fetchall()
    a.write_now(put("theirs"))
    b = node("b")
    b.catch_up()
    assert names(a) == names(b) == ["mine", "theirs"]


def test_a_lost_answer_is_uncertain_and_never_done_twice(
    node: Node, put: Put, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    a = node("a")

    def lost(self: Log, *arguments: object, append: Callable[..., None] = Log.append) -> None:
        append(self, *arguments)
        raise Away("no answer")

    with monkeypatch.context() as patched:
        patched.setattr(Log, "append", lost)
        with pytest.raises(Uncertain, match="may have been done"):
            a.write_now(put("one"))
        assert names(a) == []
    with pytest.raises(sqlite3.IntegrityError):
        a.write_now(put("one"))
    assert names(a) == ["one"]


@pytest.fixture
def own(redis_server: str, tmp_path: object, shared_state: State) -> RedisServer:
    with RedisServer(redis_server, tmp_path / "own") as server:  # type: ignore[operator]
        yield server


def test_nothing_acknowledged_is_lost_when_redis_is_killed(
    own: RedisServer, shared_state: State, home_of: Callable[[str], Home], put: Put, names: Names
) -> None:
    settings = State(own.url, shared_state.key)
    with open_state(home_of("a"), settings) as a, open_state(home_of("b"), settings) as b:
        done: list[str] = []

        def work(database: Database, prefix: str) -> None:
            for number in range(100_000):
                try:
                    database.write_now(put(f"{prefix}{number}"))
                except StateError:
                    return
                done.append(f"{prefix}{number}")

        threads = [threading.Thread(target=work, args=(each, name)) for each, name in ((a, "a"), (b, "b"))]
        for thread in threads:
            thread.start()
        while len(done) < 50:
            assert any(thread.is_alive() for thread in threads)
        own.kill()
        for thread in threads:
            thread.join(60)
        with pytest.raises(Away):
            a.write_now(put("while it is away"))
        assert set(names(a)) | set(names(b)) >= set(done)
        own.start()
        _until_it_answers(a)
        b.catch_up()
        assert names(a) == names(b)
        assert set(names(a)) >= set(done)
        a.write_now(put("goes on"))


def test_a_redis_that_was_emptied_or_lost_its_end_is_not_followed(
    own: RedisServer, shared_state: State, home_of: Callable[[str], Home], put: Put, names: Names
) -> None:
    settings = State(own.url, shared_state.key)
    with open_state(home_of("a"), settings) as a:
        for name in ("one", "two"):
            a.write_now(put(name))
        with contextlib.closing(own.client()) as client:
            client.xdel("{facegate}:log", "2-0")
            head = Place(a.look(place_of).epoch, 0, "").after(client.xrange("{facegate}:log")[0][1][b"e"]).head  # type: ignore[union-attr]
            client.hset("{facegate}:meta", mapping={"end": "1", "head": head})
        with pytest.raises(StateError, match=r"ends at 1, this node saw 2.*has lost.*resync"):
            a.write_now(put("three"))
        own.empty()
        with pytest.raises(StateError, match=r"holds no shared state.*resync"):
            a.write_now(put("three"))
        assert names(a) == ["one", "two"]


def test_another_past_is_told(node: Node, log: Log, put: Put, redis: RedisServer) -> None:
    a = node("a")
    a.write_now(put("one"))
    with contextlib.closing(redis.client()) as client:
        client.hset("{facegate}:meta", "head", "of others")
    with pytest.raises(StateError, match="another past"):
        a.write_now(put("two"))


def test_what_was_not_written_with_the_key_is_not_run(node: Node, redis: RedisServer, put: Put, names: Names) -> None:
    """Whoever can write to Redis cannot write to a database by it."""
    a = node("a")
    with contextlib.closing(redis.client()) as client:
        client.xadd("{facegate}:log", {"e": os.urandom(100), "n": "x"}, id="1-0")
        client.hset("{facegate}:meta", mapping={"end": "1", "head": "x"})
    with pytest.raises(StateError, match="not written with this"):
        a.catch_up()
    assert names(a) == []


def _until_it_answers(database: Database) -> None:
    for _ in range(100):
        with contextlib.suppress(Away):
            database.catch_up()
            return
        threading.Event().wait(0.1)
    raise AssertionError("Redis did not come back")
