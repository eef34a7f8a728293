import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest
from facegate.errors import StateError
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.secret import erasure_secret, identity_secret

MASTER = secrets.token_bytes(32)


def test_it_is_made_once_and_kept(home: Home, database: Database) -> None:
    made = identity_secret(database, MASTER)
    assert len(made) == 32
    assert identity_secret(database, MASTER) == made
    with Database.open(home.database) as again:
        assert identity_secret(again, MASTER) == made


def test_two_that_begin_at_once_have_the_same(home: Home, database: Database) -> None:
    with Database.open(home.database) as other, ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda n: identity_secret((database, other)[n % 2], MASTER), range(8)))
    assert len(found) == 1


def test_it_is_wrapped_under_the_master_key(home: Home, database: Database) -> None:
    made = identity_secret(database, MASTER)
    with pytest.raises(StateError):
        identity_secret(database, secrets.token_bytes(32))
    for path in home.path.rglob("facegate.db*"):
        assert made not in path.read_bytes()
        assert made.hex().encode() not in path.read_bytes()


def test_each_has_its_own(home: Home, database: Database) -> None:
    assert identity_secret(database, MASTER) != erasure_secret(database, MASTER) == erasure_secret(database, MASTER)


def test_none_is_made_under_a_key_that_was_changed_meanwhile(home: Home, database: Database) -> None:
    database.write_now(lambda c: c.execute("INSERT INTO settings VALUES ('master-key', 'another')").rowcount)
    with pytest.raises(StateError, match="try again"):
        identity_secret(database, MASTER)
    assert database.read("SELECT * FROM settings WHERE name = 'identity-secret'") == []
