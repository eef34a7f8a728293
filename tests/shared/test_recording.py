import sqlite3
from collections.abc import Iterator

import pytest
from facegate.errors import ConfigError, StateError
from facegate.shared.recording import Recording


@pytest.fixture
def connection() -> Iterator[Recording]:
    connection = sqlite3.connect(":memory:", autocommit=True, factory=Recording)
    connection.execute("CREATE TABLE t (a, b)")
    connection.execute("CREATE TABLE seen (a)")
    connection.execute("CREATE TRIGGER t_seen AFTER INSERT ON t BEGIN INSERT INTO seen VALUES (new.a); END")
    yield connection
    connection.close()


def test_what_writes_is_kept_in_its_order_and_what_reads_is_not(connection: Recording) -> None:
    def change(c: sqlite3.Connection) -> object:
        c.execute("  insert INTO t VALUES (?, ?)", (1, b"x"))
        c.execute("SELECT * FROM t").fetchall()
        c.executemany("INSERT INTO t VALUES (?, ?)", ((n, n) for n in (2, 3)))
        return c.execute("UPDATE t SET b = 0 WHERE a = ? RETURNING a", (3,)).fetchone()[0]

    assert connection.record(change) == 3
    assert connection.recorded == [
        ("  insert INTO t VALUES (?, ?)", (1, b"x")),
        ("INSERT INTO t VALUES (?, ?)", (2, 2)),
        ("INSERT INTO t VALUES (?, ?)", (3, 3)),
        ("UPDATE t SET b = 0 WHERE a = ? RETURNING a", (3,)),
    ]
    connection.execute("DELETE FROM t")
    assert len(connection.recorded) == 4  # nothing beside a change


def test_of_one_that_fails_nothing_is_kept(connection: Recording) -> None:
    connection.record(lambda c: c.execute("INSERT INTO t VALUES (1, 1)"))

    def fails(c: sqlite3.Connection) -> None:
        c.execute("INSERT INTO t VALUES (2, 2)")
        raise ConfigError("no")

    with pytest.raises(ConfigError):
        connection.record(fails)
    assert connection.recorded == [("INSERT INTO t VALUES (1, 1)", ())]


def test_a_change_that_would_stay_unseen_is_refused(connection: Recording) -> None:
    with pytest.raises(StateError, match="cannot be shared"):
        connection.record(lambda c: c.cursor().execute("INSERT INTO t VALUES (1, 1)"))
