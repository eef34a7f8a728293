"""Successors of a few lines, in real processes."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from facegate.errors import ConfigError, HomeError
from facegate.serve import child
from facegate.serve.arguments import status_file
from facegate.serve.child import Child
from facegate.serve.slot import Slot

PLAYER = """
import os, signal, sys
from pathlib import Path
index, folder = sys.argv[1], Path(__file__).parent
status, life = (int(argument.partition("=")[2]) for argument in sys.argv[2:4])
(folder / f"gateway-{index}.json").write_text(str(os.getpid()))
def left(*_):
    (folder / "left").write_text(index)
    sys.exit(0)
signal.signal(signal.SIGUSR2, left)
if (folder / "refuse").exists():
    os.write(status, b"the model is not there\\n")
    sys.exit(2)
os.write(status, b"ready\\n")
os.read(life, 1)
"""


@pytest.fixture
def kept() -> list[Child]:
    return []


@pytest.fixture
async def slot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: list[Child]) -> AsyncIterator[Slot]:
    """That of gateway 1 of 2, started."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "player.py").write_text(PLAYER)
    made: list[Child] = []

    def make(index: int) -> Child:
        made.append(Child("gateway 1", ["player", str(index)]))
        return made[-1]

    slot = Slot(1, 2, make, tmp_path)
    await slot.child.start()
    yield slot
    for each in made:
        await each.stop()


async def replace(slot: Slot, kept: list[Child], check: Callable[[], None] = lambda: None) -> None:
    async with asyncio.timeout(30):
        await slot.replace(check, kept.append, 20)


def indices(folder: Path) -> set[int]:
    return {index for index in range(4) if status_file(folder, index).exists()}


async def test_processes_have_the_indices_in_turns(slot: Slot, tmp_path: Path, kept: list[Child]) -> None:
    for before, after in ((1, 3), (3, 1)):
        old = slot.child
        assert indices(tmp_path) == {before}
        await replace(slot, kept)
        assert slot.children == [slot.child] == [kept[-1]] != [old]
        assert indices(tmp_path) == {after}
        assert (tmp_path / "left").read_text() == str(before)
        os.kill(int(status_file(tmp_path, after).read_text()), 0)


async def test_the_new_one_is_kept_alive_before_the_old_one_has_left(slot: Slot, kept: list[Child]) -> None:
    old, seen = slot.child, list[list[Child]]()
    async with asyncio.timeout(30):
        await slot.replace(lambda: None, lambda new: seen.append([new, *slot.children]), 20)
    ((new, *both),) = seen
    assert both == [new, old]
    assert (old.succeeded, new.succeeded) == (True, False)


async def test_one_that_cannot_start_leaves_the_old_one_there(slot: Slot, tmp_path: Path, kept: list[Child]) -> None:
    old = slot.child
    (tmp_path / "refuse").touch()
    with pytest.raises(HomeError, match="the model is not there"):
        await replace(slot, kept)
    assert not old.succeeded
    assert (slot.children, kept, indices(tmp_path)) == ([old], [], {1})
    assert not (tmp_path / "left").exists()
    (tmp_path / "refuse").unlink()
    await replace(slot, kept)
    assert indices(tmp_path) == {3}


async def test_one_that_says_nothing_is_given_up(
    slot: Slot, tmp_path: Path, kept: list[Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = slot.child
    monkeypatch.setattr(child, "READY_SECONDS", 0.0)
    with pytest.raises(HomeError, match="not ready after 0 seconds"):
        await replace(slot, kept)
    assert slot.children == [old]
    assert not (tmp_path / "left").exists()


async def test_one_that_is_objected_to_leaves_again(slot: Slot, tmp_path: Path, kept: list[Child]) -> None:
    def object_() -> None:
        raise ConfigError("the file was changed meanwhile")

    old = slot.child
    with pytest.raises(ConfigError):
        await replace(slot, kept, object_)
    assert (slot.children, kept, indices(tmp_path)) == ([old], [], {1})
    assert (tmp_path / "left").read_text() == "3"


async def test_broken_off_both_are_still_known(slot: Slot, kept: list[Child], monkeypatch: pytest.MonkeyPatch) -> None:
    starting = asyncio.Event()

    async def start(_self: Child) -> None:
        starting.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as slow:
        slow.setattr(Child, "start", start)
        replacing = asyncio.create_task(replace(slot, kept))
        await starting.wait()
        replacing.cancel()
        await asyncio.wait([replacing])
    assert len(slot.children) == 2
