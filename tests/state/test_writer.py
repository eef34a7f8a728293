import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from facegate.errors import ConfigError, StateError, Uncertain
from facegate.state.database import Database, connect
from facegate.state.home import Home


def put(name: str) -> Callable[[sqlite3.Connection], int]:
    return lambda c: c.execute("INSERT INTO settings VALUES (?, '')", (name,)).rowcount


async def test_what_waits_together_shares_commits(database: Database) -> None:
    commits: list[str] = []
    started, go = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def first(connection: sqlite3.Connection) -> None:
        connection.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
        loop.call_soon_threadsafe(started.set)
        asyncio.run_coroutine_threadsafe(go.wait(), loop).result()

    blocker = asyncio.create_task(database.write(first))
    await started.wait()
    waiting = [asyncio.create_task(database.write(put(f"n{i}"))) for i in range(60)]
    await asyncio.sleep(0)  # each of them has submitted
    go.set()
    await asyncio.gather(blocker, *waiting)
    assert commits == ["COMMIT", "COMMIT"]
    assert database.read("SELECT count(*) FROM settings WHERE name LIKE 'n%'")[0][0] == 60


async def test_one_that_fails_undoes_itself_alone(database: Database) -> None:
    def half(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO settings VALUES ('half', '')")
        raise ConfigError("no")

    outcomes = await asyncio.gather(
        *(database.write(change) for change in (put("a"), half, put("a"), put("b"))), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [int, ConfigError, sqlite3.IntegrityError, int]
    assert [row["name"] for row in database.read("SELECT name FROM settings WHERE name < 'i' ORDER BY name")] == [
        "a",
        "b",
    ]


async def test_a_file_that_was_replaced_gets_no_more_writes(database: Database, tmp_path: Path) -> None:
    await database.write(put("a"))
    database.path.rename(tmp_path / "aside.db")
    with pytest.raises(StateError, match=r"cannot be written|replaced or removed"):
        await database.write(put("b"))


def test_closed_is_closed(home: Home) -> None:
    database = Database.open(home.database)
    database.close()
    database.close()
    with pytest.raises(StateError, match="is closed"):
        database.write_now(put("late"))


def test_a_writer_waits_for_another_process(database: Database) -> None:
    other = connect(database.path)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO settings VALUES ('other', '')")
    future = database._writer.submit(put("mine"))
    assert not future.done()
    other.execute("COMMIT")
    other.close()
    assert future.result(timeout=20) == 1


async def test_a_file_that_another_process_keeps_is_told_from_one_that_cannot_be_written(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("facegate.state.database.BUSY_SECONDS", 0.1)
    database = Database.open(home.database)
    other = connect(database.path)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(StateError, match="another process of facegate writes to it"):
            await database.write(put("a"))
    finally:
        other.execute("ROLLBACK")
        other.close()
    await database.write(put("a"))
    database.close()


def test_a_commit_that_failed_is_told_from_one_that_was_not_tried(database: Database) -> None:
    def uncommittable(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA defer_foreign_keys=ON")
        connection.execute(
            "INSERT INTO history (record, at, event, user, note, job) VALUES ('ghost', '', '', '', '', '')"
        )

    with pytest.raises(Uncertain, match="cannot be written"):
        database.write_now(uncommittable)
    with pytest.raises(StateError) as caught:
        database.write_now(lambda c: c.execute("INSERT INTO nothing VALUES (1)").rowcount)
    assert not isinstance(caught.value, Uncertain)
    assert database.write_now(put("after")) == 1


FILLER = """
import resource, signal, sys
from pathlib import Path
from facegate.errors import StateError, Uncertain
from facegate.state.database import Database
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
database = Database.open(Path(sys.argv[1]))
put = lambda name: database.write_now(
    lambda c: c.execute("INSERT INTO settings VALUES (?, ?)", (name, "x" * 10_000)).rowcount
)
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
done = 0
try:
    while done < 1000:
        put(f"n{done}")
        done += 1
except StateError as error:
    assert not isinstance(error, Uncertain)
    print(done, str(error))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
put("after")
database.close()
"""


def test_a_full_disk_is_a_state_error_and_loses_nothing_that_was_acknowledged(home: Home) -> None:
    """RLIMIT_FSIZE makes the kernel refuse in the middle, as a full disk does."""
    child = subprocess.run(
        [sys.executable, "-c", FILLER, str(home.database)], capture_output=True, text=True, check=False
    )
    assert child.returncode == 0, child.stderr
    done, message = child.stdout.split(" ", 1)
    assert 0 < int(done) < 1000
    assert "cannot be written" in message
    with Database.open(home.database) as database:
        assert database.read("SELECT count(*) FROM settings")[0][0] == int(done) + 1
