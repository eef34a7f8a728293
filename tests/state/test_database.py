import contextlib
import random
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from facegate.errors import StateError
from facegate.state.database import Database, migrate
from facegate.state.home import Home
from facegate.state.schema import MIGRATIONS


@pytest.fixture
def filled(home: Home) -> Path:
    """A closed database of many pages."""
    with Database.open(home.database) as database:
        database.write_now(
            lambda c: (
                c.executemany(
                    "INSERT INTO settings VALUES (?, ?)", [(f"name-{i}", "value" * 100) for i in range(500)]
                ).rowcount
            )
        )
    return home.database


def test_it_is_durable_by_its_settings_and_private(database: Database) -> None:
    assert database.read("PRAGMA journal_mode")[0][0] == "wal"
    assert database.read("PRAGMA synchronous")[0][0] == 2
    assert database.read("PRAGMA foreign_keys")[0][0] == 1
    assert database.path.stat().st_mode & 0o777 == 0o600


def test_opening_again_keeps_everything(filled: Path) -> None:
    with Database.open(filled) as database:
        assert database.read("SELECT count(*) FROM settings")[0][0] == 500
    assert [p.name for p in filled.parent.glob("facegate.db*")] == ["facegate.db"]


@pytest.mark.parametrize("damage", ["head", "page", "truncated", "empty", "foreign"])
def test_a_damaged_file_is_told_and_left_as_it_is(filled: Path, damage: str) -> None:
    raw = bytearray(filled.read_bytes())
    match damage:
        case "head":
            raw[3] ^= 0xFF
        case "page":
            for page in range(4, len(raw) // 4096):
                raw[page * 4096 : page * 4096 + 64] = random.Random(page).randbytes(64)
        case "truncated":
            del raw[len(raw) // 2 :]
        case "empty":
            raw.clear()
        case "foreign":
            raw = bytearray(b"%PDF-1.7 not a database at all" * 200)
    filled.write_bytes(raw)
    with pytest.raises(StateError, match="restore it from a backup") as caught:
        Database.open(filled)
    assert "\n" not in str(caught.value)
    assert filled.read_bytes() == raw


def test_somebody_elses_database_is_refused(home: Home) -> None:
    with contextlib.closing(sqlite3.connect(home.database)) as other, other:
        other.execute("CREATE TABLE bookmarks (url)")
    before = home.database.read_bytes()
    with pytest.raises(StateError, match="is not facegate's"):
        Database.open(home.database)
    assert home.database.read_bytes() == before


def test_a_newer_schema_is_refused(filled: Path) -> None:
    with contextlib.closing(sqlite3.connect(filled)) as newer, newer:
        newer.execute("INSERT INTO schema_version VALUES (99, '')")
    with pytest.raises(StateError, match=r"newer facegate.*upgrade"):
        Database.open(filled)


@pytest.mark.parametrize("left", ["vault/ab/record.sealed", "ledger/cli.jsonl"])
def test_a_missing_file_beside_data_is_a_loss_not_a_new_start(home: Home, left: str) -> None:
    path = home.path / left
    path.parent.mkdir(exist_ok=True)
    path.write_text("data")
    with pytest.raises(StateError, match="is missing although"):
        Database.open(home.database)
    assert not home.database.exists()


def test_migrations_only_go_forward_and_all_or_none(filled: Path) -> None:
    migrate(filled, (*MIGRATIONS, "CREATE TABLE later (x TEXT) STRICT;"))
    with contextlib.closing(sqlite3.connect(filled)) as connection:
        assert connection.execute("SELECT max(version) FROM schema_version").fetchone()[0] == len(MIGRATIONS) + 1
    steps = (*MIGRATIONS, "", "CREATE TABLE good (x TEXT) STRICT; CREATE TABLE later (x TEXT) STRICT;")
    with pytest.raises(sqlite3.OperationalError):
        migrate(filled, steps)
    with contextlib.closing(sqlite3.connect(filled)) as connection:
        assert not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'good'").fetchone()


STARTER = """
import sys
from pathlib import Path
from facegate.state.database import Database
with Database.open(Path(sys.argv[1])) as database:
    database.write_now(lambda c: c.execute("INSERT INTO settings VALUES (hex(randomblob(8)), '')").rowcount)
"""


def test_many_processes_may_start_at_once(home: Home) -> None:
    children = [subprocess.Popen([sys.executable, "-c", STARTER, str(home.database)]) for _ in range(4)]
    assert [child.wait() for child in children] == [0, 0, 0, 0]
    with Database.open(home.database) as database:
        assert database.read("SELECT count(*) FROM settings")[0][0] == 4
    assert not list(home.path.glob("*.new-*"))


def test_reads_from_many_threads(database: Database) -> None:
    seen: list[int] = []
    threads = [
        threading.Thread(target=lambda: seen.extend(database.read("SELECT 1")[0][0] for _ in range(50)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [1] * 400
