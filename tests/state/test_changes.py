import pytest
from facegate.errors import StateError
from facegate.state.changes import ChangeLog
from facegate.state.database import Database


def note(database: Database, *jobs: str) -> None:
    rows = [(job,) for job in jobs]
    database.write_now(lambda c: c.executemany("INSERT INTO job_changes (job) VALUES (?)", rows).rowcount)


def test_it_tells_what_changed_since_it_was_asked_last(database: Database) -> None:
    note(database, "before")
    log = ChangeLog(database.path, "job_changes", "job")
    assert log.poll() == []
    note(database, "a", "b")
    assert log.poll() == ["a", "b"]
    assert log.poll() == []
    database.write_now(lambda c: c.execute("INSERT INTO settings VALUES ('x', 'y')").rowcount)
    assert log.poll() == []
    log.close()


def test_more_than_the_log_holds_is_told_as_such(database: Database) -> None:
    log = ChangeLog(database.path, "job_changes", "job")
    note(database, *(str(n) for n in range(10_001)))
    assert log.poll() is None
    note(database, "next")
    assert log.poll() == ["next"]
    log.close()


def test_a_file_that_is_gone_is_one_line(database: Database) -> None:
    with pytest.raises(StateError, match="cannot be read"):
        ChangeLog(database.path.with_name("nowhere"), "job_changes", "job")
