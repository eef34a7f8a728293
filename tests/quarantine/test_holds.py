import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from facegate.errors import ConfigError, Conflict, NotFound
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.reading import tail
from facegate.quarantine import records
from facegate.quarantine.holds import hold, unhold
from facegate.quarantine.vault import SealedVault
from facegate.state import users
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.model import QuarantineRecord, utc_now


@pytest.fixture(autouse=True)
async def kept(
    database: Database, ledger: ChainedLedger, vault: SealedVault, a_record: Callable[..., QuarantineRecord]
):
    await vault.keep(a_record(b"body", days=1), b"body")
    for name, role in (("eve", "reviewer"), ("olaf", "operator")):
        await asyncio.to_thread(users.add, database, ledger, name, role, "a long password")


def test_what_is_held_does_not_expire_until_it_is_held_no_longer(
    home: Home, database: Database, ledger: ChainedLedger, vault: SealedVault
) -> None:
    hold(database, ledger, "record-1", user="eve", reason="claim 7/26")
    assert vault.purge(utc_now() + timedelta(days=99)) == []
    assert vault.open("record-1") == b"body"
    assert unhold(database, ledger, "record-1", user="eve", reason="settled") is False
    assert vault.purge(utc_now() + timedelta(days=99)) == ["record-1"]
    _, history = records.show(database, "record-1")
    assert [(event["event"], event["user"], event["note"]) for event in history[1:3]] == [
        ("held", "eve", "claim 7/26"),
        ("unheld", "eve", "settled"),
    ]
    assert [(line["event"], line["note"]) for line in tail(home.ledger, 2)] == [
        ("record-held", "claim 7/26"),
        ("record-unheld", "settled"),
    ]


def test_it_says_that_its_time_is_over_already(database: Database, ledger: ChainedLedger) -> None:
    hold(database, ledger, "record-1", user="eve", reason="claim 7/26")
    database.write_now(lambda c: c.execute("UPDATE records SET expires = at").rowcount)
    assert unhold(database, ledger, "record-1", user="eve", reason="settled") is True


def test_what_cannot_be_held(database: Database, ledger: ChainedLedger, vault: SealedVault) -> None:
    with pytest.raises(ConfigError, match="reviewer or an admin"):
        hold(database, ledger, "record-1", user="olaf", reason="claim 7/26")
    with pytest.raises(ConfigError, match="say why"):
        hold(database, ledger, "record-1", user="eve", reason=" ")
    with pytest.raises(NotFound, match="quarantine list"):
        hold(database, ledger, "ghost", user="eve", reason="claim 7/26")
    with pytest.raises(Conflict, match="is not held"):
        unhold(database, ledger, "record-1", user="eve", reason="settled")
    hold(database, ledger, "record-1", user="eve", reason="claim 7/26")
    with pytest.raises(Conflict, match="held already: claim 7/26"):
        hold(database, ledger, "record-1", user="eve", reason="claim 8/26")
    unhold(database, ledger, "record-1", user="eve", reason="settled")
    vault.purge(utc_now() + timedelta(days=2))
    with pytest.raises(Conflict, match="nothing to hold"):
        hold(database, ledger, "record-1", user="eve", reason="claim 7/26")
    assert database.read("SELECT hold FROM records")[0]["hold"] is None
