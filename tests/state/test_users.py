import time

import pytest
from facegate.errors import ConfigError, Conflict, NotFound
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.state import users
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.users import (
    account,
    add,
    check_password,
    generate_password,
    list_users,
    remove,
    set_password,
    set_role,
)

REAL = users._HASHER  # of tests, most have a quicker one (conftest)


def test_the_password_decides_and_the_name_in_any_case(database: Database, ledger: ChainedLedger) -> None:
    add(database, ledger, "Eve", "reviewer", "correct horse")
    assert check_password(database, "eve", "correct horse") == "reviewer"
    assert check_password(database, "Eve", "correct hors") is None
    assert check_password(database, "nobody", "correct horse") is None
    assert check_password(database, "Eve", "\ud800") is None


def test_a_hash_takes_what_rfc_9106_says() -> None:
    assert REAL.hash("correct horse").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_an_unknown_name_costs_the_same_work(
    database: Database, ledger: ChainedLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(users, "_HASHER", REAL)
    users._nobody.cache_clear()
    add(database, ledger, "eve", "reviewer", "correct horse")
    check_password(database, "nobody", "warm")

    def quickest(name: str) -> float:
        times = []
        for _ in range(3):
            start = time.process_time()
            check_password(database, name, "wrong password")
            times.append(time.process_time() - start)
        return min(times)

    assert quickest("nobody") > quickest("eve") / 3
    users._nobody.cache_clear()  # a dear one


def test_the_password_is_kept_nowhere(home: Home, database: Database, ledger: ChainedLedger) -> None:
    password = generate_password()
    add(database, ledger, "eve", "admin", password)
    for path in home.path.rglob("*"):
        assert path.is_dir() or password.encode() not in path.read_bytes()


@pytest.mark.parametrize(
    ("name", "role", "password", "message"),
    [
        ("", "admin", "x" * 12, "no user name"),
        ("a b", "admin", "x" * 12, "no user name"),
        ("ada", "root", "x" * 12, "no role"),
        ("ada", "admin", "short", "at least 12"),
        ("EVE", "admin", "x" * 12, "exists already"),
    ],
)
def test_what_is_refused(
    database: Database, ledger: ChainedLedger, name: str, role: str, password: str, message: str
) -> None:
    add(database, ledger, "eve", "reviewer", "correct horse")
    with pytest.raises((ConfigError, Conflict), match=message):
        add(database, ledger, name, role, password)


def test_people_are_changed_and_removed(database: Database, ledger: ChainedLedger) -> None:
    by = Actor("ada", "admin", "api")
    add(database, ledger, "Eve", "reviewer", "correct horse", by)
    set_role(database, ledger, "eve", "operator", by)
    set_password(database, ledger, "eve", "another password", by)
    assert check_password(database, "eve", "correct horse") is None
    assert check_password(database, "eve", "another password") == "operator"
    assert [(it.name, it.role) for it in list_users(database)] == [("Eve", "operator")]
    remove(database, ledger, "eve", by)
    assert list_users(database) == []
    with pytest.raises(NotFound, match="user list"):
        remove(database, ledger, "eve", by)
    with pytest.raises(ConfigError, match="no role"):
        set_role(database, ledger, "eve", "root", by)
    with pytest.raises(ConfigError, match="at least 12"):
        set_password(database, ledger, "eve", "short", by)


def test_the_seal_of_an_account_changes_with_password_role_and_person(
    database: Database, ledger: ChainedLedger
) -> None:
    by = Actor("os:test")
    seals = []

    def seen() -> None:
        found = account(database, "EVE")
        assert found is not None
        assert found.name == "Eve"
        assert found.seal not in repr(found)
        seals.append(found.seal)

    add(database, ledger, "Eve", "reviewer", "correct horse")
    seen()
    set_role(database, ledger, "eve", "admin", by)
    seen()
    set_password(database, ledger, "eve", "correct horse", by)
    seen()
    remove(database, ledger, "Eve", by)
    assert account(database, "Eve") is None
    add(database, ledger, "Eve", "admin", "correct horse")
    seen()
    assert len(set(seals)) == 4
