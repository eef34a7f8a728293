import asyncio
import threading
from collections.abc import AsyncIterator, Callable

import pytest
from facegate.jobs.document import compact
from facegate.quarantine import corrected as module
from facegate.quarantine.corrected import Corrected
from facegate.quarantine.vault import SealedVault
from facegate.state.changes import ChangeLog
from facegate.state.database import Database
from facegate_addons.domain.model import QuarantineRecord
from facegate_addons.domain.ports import Corrections

SOON = 20.0  # seconds at most; a change is followed in a tenth


@pytest.fixture(autouse=True)
async def a_record_of_each(vault: SealedVault, a_record: Callable[..., QuarantineRecord]) -> None:
    await vault.keep(a_record(b"x"), b"x")


@pytest.fixture
async def corrected(database: Database) -> AsyncIterator[Corrected]:
    found = Corrected(database)
    await found.start()
    yield found
    await found.stop()


def correct(database: Database, digest: str, codings: tuple[str, ...] = ()) -> None:
    sql = "INSERT INTO corrections (digest, codings, record, by, why, at) VALUES (?, ?, 'record-1', 'eve', 'w', '')"
    database.write_now(lambda c: c.execute(sql, (digest, compact(list(codings)))).rowcount)


def revoke(database: Database, digest: str) -> None:
    sql = "UPDATE corrections SET revoked = 'now', revoked_by = 'eve', revoked_why = '' WHERE digest = ?"
    database.write_now(lambda c: c.execute(sql, (digest,)).rowcount)


async def until(check: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON):
        while not check():  # noqa: ASYNC110 - another thread's work
            await asyncio.sleep(0.01)


async def test_it_follows_corrections_and_their_end(database: Database, corrected: Corrected) -> None:
    gate: Corrections = corrected
    assert not gate.corrected("d", (), "acme")
    correct(database, "d")
    correct(database, "e", ("gzip",))
    await until(lambda: gate.corrected("d", (), "acme") and gate.corrected("e", ("gzip",), "acme"))
    assert not gate.corrected("d", ("gzip",), "acme")
    assert not gate.corrected("e", (), "acme")
    revoke(database, "d")
    await until(lambda: not gate.corrected("d", (), "acme"))
    assert gate.corrected("e", ("gzip",), "acme")
    correct(database, "d")  # after all
    await until(lambda: gate.corrected("d", (), "acme"))


async def test_those_from_before_the_start_are_there_at_once(database: Database) -> None:
    correct(database, "d")
    correct(database, "e")
    revoke(database, "e")
    found = Corrected(database)
    await found.start()
    assert found.corrected("d", (), "acme")
    assert not found.corrected("e", (), "acme")
    await found.stop()


async def test_none_is_in_force_while_they_cannot_be_read(
    database: Database, corrected: Corrected, monkeypatch: pytest.MonkeyPatch
) -> None:
    correct(database, "d")
    await until(lambda: corrected.corrected("d", (), "acme"))
    real, broken = ChangeLog.poll, [True]

    def poll(self: ChangeLog) -> object:
        if broken[0]:
            raise OSError("no disk")
        return real(self)

    monkeypatch.setattr(ChangeLog, "poll", poll)
    await until(lambda: not corrected.corrected("d", (), "acme"))
    broken[0] = False
    await until(lambda: corrected.corrected("d", (), "acme"))


async def test_none_is_in_force_while_a_look_hangs(
    database: Database, corrected: Corrected, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STALLED", 0.5)
    correct(database, "d")
    await until(lambda: corrected.corrected("d", (), "acme"))
    real, go_on = ChangeLog.poll, threading.Event()

    def hangs(self: ChangeLog) -> object:
        assert go_on.wait(SOON)
        return real(self)

    monkeypatch.setattr(ChangeLog, "poll", hangs)
    await until(lambda: not corrected.corrected("d", (), "acme"))
    go_on.set()
    await until(lambda: corrected.corrected("d", (), "acme"))


def test_one_body_has_one_correction_in_force(database: Database) -> None:
    correct(database, "d")
    with pytest.raises(Exception, match="UNIQUE"):
        correct(database, "d")


async def test_nobodys_word_counts_for_their_own_jobs(database: Database, corrected: Corrected) -> None:
    correct(database, "d")  # by eve
    await until(lambda: corrected.corrected("d", (), "acme"))
    assert not corrected.corrected("d", (), "Eve")
    assert not corrected.corrected("d", (), "eve ")


async def test_none_is_in_force_while_nobody_knows_what_others_revoked(
    database: Database, corrected: Corrected
) -> None:
    correct(database, "d")
    await until(lambda: corrected.corrected("d", (), "acme"))
    heard = database.stale
    database.stale = lambda: "Redis is away"
    assert not corrected.corrected("d", (), "acme")  # at once, not with the next look
    database.stale = heard
    await until(lambda: corrected.corrected("d", (), "acme"))
