from datetime import timedelta

import pytest
from facegate.errors import ConfigError, NotFound
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.state import apitokens, users
from facegate.state.apitokens import OF_ROLE, PREFIX, SCOPES, USED_EVERY, find, list_tokens, make, note_use, revoke
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.model import utc_now

BY = Actor("os:test")
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def rita(database: Database, ledger: ChainedLedger) -> None:
    users.add(database, ledger, "Rita", "reviewer", "correct horse battery")


def test_a_token_is_its_users_and_ends(database: Database, ledger: ChainedLedger) -> None:
    made, text = make(database, ledger, "rita", ["jobs:approve", "jobs:read"], DAY, BY)
    assert text.startswith(PREFIX)
    assert len(text) >= len(PREFIX) + 43  # 256 bits
    found = find(database, text, utc_now())
    assert found == made
    assert (found.user, found.role, found.scopes) == ("Rita", "reviewer", ("jobs:read", "jobs:approve"))
    assert find(database, text, made.expires) is None
    assert find(database, f"{text}x", utc_now()) is None
    assert find(database, "\ud800", utc_now()) is None


def test_it_is_kept_nowhere(database: Database, ledger: ChainedLedger, home: Home) -> None:
    _, text = make(database, ledger, "rita", ["jobs:read"], DAY, BY)
    for path in home.path.rglob("*"):
        assert path.is_dir() or text.encode() not in path.read_bytes()


def test_its_user_may_less_so_it_may_less(database: Database, ledger: ChainedLedger) -> None:
    _, text = make(database, ledger, "rita", OF_ROLE["reviewer"], DAY, BY)
    users.set_role(database, ledger, "rita", "operator", BY)
    found = find(database, text, utc_now())
    assert found is not None
    assert [scope for scope in SCOPES if found.may(scope)] == ["jobs:read", "accumulation:read"]


def test_a_user_who_is_removed_takes_them_along_for_good(database: Database, ledger: ChainedLedger) -> None:
    _, text = make(database, ledger, "rita", ["jobs:read"], DAY, BY)
    users.remove(database, ledger, "rita", BY)
    assert find(database, text, utc_now()) is None
    users.add(database, ledger, "Rita", "admin", "correct horse battery")
    assert find(database, text, utc_now()) is None


def test_revoked_it_is_worthless(database: Database, ledger: ChainedLedger) -> None:
    made, text = make(database, ledger, "rita", ["jobs:read"], DAY, BY)
    other, _ = make(database, ledger, "rita", ["jobs:read"], DAY, BY)
    assert revoke(database, ledger, made.id, BY) == "Rita"
    assert find(database, text, utc_now()) is None
    assert list_tokens(database, "rita") == list_tokens(database) == [other]
    with pytest.raises(NotFound, match="user tokens"):
        revoke(database, ledger, made.id, BY)


def test_its_last_use_is_kept_to_the_hour(database: Database, ledger: ChainedLedger) -> None:
    made, text = make(database, ledger, "rita", ["jobs:read"], DAY, BY)
    first = utc_now()
    for later in (timedelta(0), USED_EVERY / 2, USED_EVERY):
        found = find(database, text, first)
        assert found is not None
        note_use(database, found, first + later)
    assert [token.used for token in list_tokens(database)] == [first + USED_EVERY]
    assert made.used is None


@pytest.mark.parametrize(
    ("scopes", "lasts", "says"),
    [
        (["jobs:nonsense"], DAY, "no scope"),
        ([], DAY, "needs a scope"),
        (["users:read"], DAY, "may not users:read"),
        (["jobs:read"], timedelta(0), "366d"),
        (["jobs:read"], apitokens.LONGEST + DAY, "366d"),
    ],
)
def test_what_may_not_be(
    database: Database, ledger: ChainedLedger, scopes: list[str], lasts: timedelta, says: str
) -> None:
    with pytest.raises(ConfigError, match=says):
        make(database, ledger, "rita", scopes, lasts, BY)
    with pytest.raises(NotFound, match="user add"):
        make(database, ledger, "nobody", ["jobs:read"], DAY, BY)
