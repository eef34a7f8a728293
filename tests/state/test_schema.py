import contextlib
import sqlite3

import pytest
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.rows import record_from_row
from facegate.state.schema import VERSION


def test_a_new_database_has_the_latest_version(database: Database) -> None:
    assert database.read("SELECT max(version) FROM schema_version")[0][0] == VERSION


def test_a_registered_job_is_frozen_by_the_database_itself(database: Database) -> None:
    database.write_now(
        lambda c: (
            c.execute(
                "INSERT INTO jobs (id, operator, purpose, scope, fingerprint, kind, state, token_hash, registered)"
                " VALUES ('a', 'o', 'p', '{}', 'f', 'untargeted', 'active', zeroblob(32), '')"
            ).rowcount
        )
    )
    with pytest.raises(sqlite3.IntegrityError, match="frozen"):
        database.write_now(lambda c: c.execute("UPDATE jobs SET scope = '[]' WHERE id = 'a'").rowcount)


def test_no_targeted_job_is_active_without_an_approver(database: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        database.write_now(
            lambda c: (
                c.execute(
                    "INSERT INTO jobs (id, operator, purpose, scope, fingerprint, kind, state, token_hash, registered)"
                    " VALUES ('a', 'o', 'p', '{}', 'f', 'group', 'active', zeroblob(32), '')"
                ).rowcount
            )
        )


def test_a_record_of_the_first_version_has_no_detail(home: Home) -> None:
    Database.open(home.database).close()
    with contextlib.closing(sqlite3.connect(home.database)) as old, old:
        old.execute("ALTER TABLE records DROP COLUMN detail")
        old.execute("DELETE FROM schema_version WHERE version > 1")
        old.execute(
            "INSERT INTO records (id, job, url, host, digest, size, content_type, codings, reason, findings, faces,"
            " versions, at, expires, state, wrapped_key) VALUES ('r', 'j', '', '', '', 0, '', '[]', 'faces', '[]', 0,"
            " '{}', '2026-01-01T00:00:00+00:00', '2027-01-01T00:00:00+00:00', 'open', x'00')"
        )
    with Database.open(home.database) as database:
        assert record_from_row(database.read("SELECT * FROM records")[0]).detail == ""
