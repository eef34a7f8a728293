import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from facegate.config import load
from facegate.errors import HomeError
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.checkpoints import numbers
from facegate.quarantine.keys import master_key
from facegate.quarantine.vault import SealedVault
from facegate.samples.store import SampleStore
from facegate.serve import upkeep
from facegate.serve.policy import PolicyInForce
from facegate.serve.turn import Turn
from facegate.serve.upkeep import LOCK, Kept, Upkeep
from facegate.state.database import Database
from facegate.state.home import Home


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    config = load(home=str(tmp_path / "home"))
    home = Home.prepare(config)
    with (
        Database.open(home.database) as database,
        SealedVault(home, database, master_key(home, config.vault, database), config.vault.keep_for) as vault,
        ChainedLedger(home.ledger, "gateway-0") as ledger,
    ):
        samples = SampleStore(home, database, b"secret" * 6, config.sample.keep_for, config.sample.most)
        yield Kept(home, config, database, ledger, vault, samples, PolicyInForce(config, {}))


async def until_signed(keeper: Upkeep, home: Home) -> None:
    task = asyncio.create_task(keeper.keep())
    async with asyncio.timeout(20):
        while not numbers(home.checkpoints):  # noqa: ASYNC110 - the work is another thread's
            await asyncio.sleep(0.005)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_one_keeps_and_the_next_goes_on_after_its_last_checkpoint(kept: Kept) -> None:
    first, second = Upkeep(kept), Upkeep(kept)
    waiting = asyncio.create_task(second.keep())
    await until_signed(first, kept.home)
    assert not waiting.done()
    before = numbers(kept.home.checkpoints)
    first.end()
    assert numbers(kept.home.checkpoints) == [*before, before[-1] + 1]
    async with asyncio.timeout(20):
        while numbers(kept.home.checkpoints)[-1] == before[-1] + 1:  # noqa: ASYNC110 - the work is another thread's
            await asyncio.sleep(0.005)
    waiting.cancel()
    await asyncio.wait([waiting])
    second.end()


async def test_without_a_key_to_sign_with(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ledger = replace(kept.config.ledger, key={"env": "NO_SUCH_KEY"})
    keyless = replace(kept, config=replace(kept.config, ledger=ledger))
    with pytest.raises(HomeError):  # whose turn it is
        Upkeep(keyless)
    monkeypatch.setattr(upkeep, "AGAIN_SECONDS", 0.01)
    turn = Turn(kept.home.run / LOCK)
    assert turn.take()
    later = Upkeep(keyless)
    turn.end()
    keeping = asyncio.create_task(later.keep())
    async with asyncio.timeout(20):
        while "upkeep: " not in caplog.text:  # noqa: ASYNC110 - the log is no event
            await asyncio.sleep(0.005)
        monkeypatch.setattr(later, "_kept", kept)  # the key is there again
        while not numbers(kept.home.checkpoints):  # noqa: ASYNC110 - the work is another thread's
            await asyncio.sleep(0.005)
    keeping.cancel()
    await asyncio.wait([keeping])
    later.end()
