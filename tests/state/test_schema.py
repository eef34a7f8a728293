import sqlite3

import pytest
from facegate.state.database import Database
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
