"""The supervisor's reload, with gateways of a few lines that are real processes."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from facegate import config
from facegate.serve import roll
from facegate.serve.child import Child
from facegate.serve.fleet import Fleet
from facegate.serve.outcome import DONE, REFUSED, RUNNING, STOPPED, WAITS, Outcome, noted
from facegate.serve.roll import Roller
from facegate.serve.slot import Slot

PLAYER = """
import os, signal, sys
from pathlib import Path
number, index, folder = sys.argv[1], sys.argv[2], Path(__file__).parent
status, life = (int(argument.partition("=")[2]) for argument in sys.argv[3:5])
signal.signal(signal.SIGUSR2, lambda *_: sys.exit(0))
if (folder / f"refuse {number}").exists():
    os.write(status, (folder / f"refuse {number}").read_bytes())
    sys.exit(2)
if (folder / "change").exists():
    with (folder / "facegate.toml").open("a") as file:
        file.write("# changed\\n")
if (folder / "hang").exists():
    (folder / "hangs").touch()
    os.read(life, 1)
os.write(status, b"ready\\n")
os.read(life, 1)
"""


class Supervisor:
    """Two gateways, and the roller that is tested."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "facegate.toml"
        self.file.write_text("[limits]\nbody = 1000000\n")
        (folder / "player.py").write_text(PLAYER)
        self.run, self.overrides = folder, {"home": str(folder)}
        self.kept: list[Child] = []
        self.roller = Roller()
        self.fleet = Fleet([Slot(number, 2, self._maker(number), folder) for number in range(2)])
        self.made: list[Child]

    def _maker(self, number: int) -> Any:
        return lambda index: Child(f"gateway {number}", ["player", str(number), str(index)])

    @property
    def settings(self) -> config.Config:
        return config.load(self.file, **self.overrides)

    async def begin(self) -> None:
        self.roller.ready(self.run)
        for child in self.fleet.children:
            await child.start()
        self.rolling = asyncio.create_task(
            self.roller.keep(self.settings, self.overrides, self.fleet, self.kept.append)
        )

    async def end(self) -> None:
        self.rolling.cancel()
        await asyncio.wait([self.rolling])
        for child in {*self.fleet.children, *self.kept}:
            await child.stop()

    async def told(self, number: int) -> Outcome:
        """What became of the reload of this number."""
        async with asyncio.timeout(60):
            while not ((it := noted(self.run)) and it.number >= number and it.over):  # noqa: ASYNC110 - a file
                await asyncio.sleep(0.01)
        return it

    async def reload(self) -> Outcome:
        before = noted(self.run)
        assert before is not None
        self.roller.ask()
        return await self.told(before.number + 1)


@pytest.fixture
async def supervisor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Supervisor]:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    it = Supervisor(tmp_path)
    await it.begin()
    yield it
    await it.end()


async def test_every_gateway_gets_a_successor(supervisor: Supervisor) -> None:
    before = supervisor.fleet.children
    assert noted(supervisor.run) == Outcome(os.getpid(), state=WAITS)
    assert await supervisor.reload() == Outcome(os.getpid(), 1, DONE, 2, 2)
    assert supervisor.fleet.children == supervisor.kept
    assert not {*before} & {*supervisor.kept}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[limits]\nbdy = 1\n", "unknown key limits.bdy"),
        ('[vault]\nkeep = "1d"\n[listen]\nport = 1\n', "vault.keep, listen.port cannot change in a reload; restart"),
        ('[detector]\nmodel = "none"\n', "none"),
    ],
)
async def test_what_cannot_be_finished_is_not_begun(
    supervisor: Supervisor, caplog: pytest.LogCaptureFixture, text: str, why: str
) -> None:
    before = supervisor.fleet.children
    supervisor.file.write_text(text)
    it = await supervisor.reload()
    assert (it.state, it.replaced) == (REFUSED, 0)
    assert why in it.why
    assert "\n" not in it.why
    assert f"not reloaded: {it.why}" in caplog.text
    assert supervisor.fleet.children == before


async def test_another_version_needs_a_restart(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roll, "_installed", lambda: "99.0")
    it = await supervisor.reload()
    assert it.state == REFUSED
    assert it.why.startswith("facegate 99.0 is installed, and ")


async def test_tunnels_cannot_be_followed(tmp_path: Path) -> None:
    settings = config.load(None, home=str(tmp_path), listen__mode="wireguard", identity__required=False)
    roller = Roller()
    with pytest.raises(config.ConfigError, match="tunnels have their ports to themselves"):
        roller._check(settings, settings)


async def test_one_that_ends_without_a_word_is_named_once(supervisor: Supervisor) -> None:
    (supervisor.run / "refuse 0").touch()
    assert (await supervisor.reload()).why == "gateway 0 ended before it was ready; its own words stand above"


async def test_one_that_fails_ends_it_there(supervisor: Supervisor, caplog: pytest.LogCaptureFixture) -> None:
    first, second = supervisor.fleet.children
    (supervisor.run / "refuse 1").write_text("no room\n")
    assert await supervisor.reload() == Outcome(os.getpid(), 1, STOPPED, 2, 1, "", "gateway 1: no room")
    assert "reload given up, 1 of 2 gateways replaced: gateway 1: no room" in caplog.text
    assert second in supervisor.fleet.children
    assert first not in supervisor.fleet.children
    (supervisor.run / "refuse 1").unlink()
    assert (await supervisor.reload()).state == DONE
    assert second not in supervisor.fleet.children


async def test_a_file_that_changes_meanwhile_ends_it(supervisor: Supervisor) -> None:
    before = supervisor.fleet.children
    (supervisor.run / "change").touch()
    it = await supervisor.reload()
    assert (it.state, it.replaced) == (STOPPED, 0)
    assert it.why == f"gateway 0: {supervisor.file} was changed meanwhile; reload again"
    assert supervisor.fleet.children == before


async def test_what_is_asked_for_while_one_runs_follows_it(supervisor: Supervisor) -> None:
    supervisor.roller.ask()
    async with asyncio.timeout(60):
        while noted(supervisor.run).state != RUNNING:  # type: ignore[union-attr]  # noqa: ASYNC110 - a file
            await asyncio.sleep(0.001)
    supervisor.roller.ask()
    supervisor.roller.ask()
    assert await supervisor.told(2) == Outcome(os.getpid(), 2, DONE, 2, 2)
    assert len(supervisor.kept) == 4


async def test_broken_off_all_are_still_known(supervisor: Supervisor) -> None:
    (supervisor.run / "hang").touch()
    supervisor.roller.ask()
    async with asyncio.timeout(60):
        while not (supervisor.run / "hangs").exists():  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.01)
    supervisor.rolling.cancel()
    await asyncio.wait([supervisor.rolling])
    assert len(supervisor.fleet.children) == 3


async def test_a_disk_that_is_full_does_not_end_it(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = supervisor.fleet.children
    with monkeypatch.context() as away:
        away.setattr(roll.outcome, "note", full)
        supervisor.roller.ask()
        async with asyncio.timeout(60):
            while supervisor.roller._outcome.state != DONE:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.01)
    assert "reload: its state cannot be written (No space left on device)" in caplog.text
    assert not {*before} & {*supervisor.fleet.children}
