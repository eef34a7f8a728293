import pytest
from facegate.errors import ConfigError, NotFound
from facegate.ledger.chained import ChainedLedger
from facegate.quarantine.acts import because, by, found
from facegate.state import users
from facegate.state.database import Database
from facegate.state.users import SystemUser


def test_who_may(database: Database, ledger: ChainedLedger) -> None:
    for name, role in (("eve", "reviewer"), ("olaf", "operator")):
        users.add(database, ledger, name, role, "a long password")
    assert database.write_now(lambda c: by(c, "EVE")) == "eve"
    assert database.write_now(lambda c: by(c, SystemUser("root"))) == "os:root"
    for name in ("olaf", "os:root"):
        with pytest.raises(ConfigError):
            database.write_now(lambda c, name=name: by(c, name))


def test_a_reason_says_something() -> None:
    assert because(" court order ") == "court order"
    with pytest.raises(ConfigError, match="say why"):
        because("  x ")


def test_an_unknown_record(database: Database) -> None:
    with pytest.raises(NotFound, match="no record 'ghost'"):
        database.write_now(lambda c: found(c, "ghost")["id"])
