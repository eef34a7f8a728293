"""The folder of job files, followed: hostile writers, and what is told of it."""

import asyncio
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from facegate.config import load
from facegate.errors import NotFound, StateError
from facegate.jobs import file
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.jobs.reader import Described
from facegate.jobs.rules import Rules
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.reading import tail
from facegate.serve import declared
from facegate.serve import declared as following
from facegate.serve.declared import Follower
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.job import Job


def read_described(path: Path) -> Described:
    return file.read_described(path, Rules())


ROOT = Actor("os:root")
TEXT = 'id = "{0}"\noperator = "acme"\npurpose = "{1}"\n[scope]\nkind = "untargeted"\n'


@dataclass
class Folder:
    """`look` is what the gateway does twice a second."""

    path: Path
    home: Home
    desk: Desk
    follower: Follower = field(init=False)

    def __post_init__(self) -> None:
        self.path.mkdir()
        self.follower = Follower(self.desk, self.path, read_described)

    def write(self, name: str, text: str, *, ago: float = 10.0) -> Path:
        """As written `ago` seconds before now."""
        path = self.path / name
        path.write_text(text)
        at = time.time() - ago
        os.utime(path, (at, at))
        return path

    def look(self) -> None:
        self.follower.look()

    def purpose(self, job: str) -> str:
        try:
            return self.desk.show(job).job.purpose
        except NotFound:
            return ""

    def events(self, kind: str = "job-") -> list[dict[str, Any]]:
        self.desk.ledger.flush(5)
        return [line for line in tail(self.home.ledger, 1_000) if line["event"].startswith(kind)]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    home = Home.prepare(load(home=str(tmp_path / "home")))
    with Database.open(home.database) as database, ChainedLedger(home.ledger, "gateway-0") as ledger:
        yield Folder(tmp_path / "jobs.d", home, Desk(database, ledger))


def test_what_lies_there_is_registered_at_the_first_look(folder: Folder, caplog: pytest.LogCaptureFixture) -> None:
    folder.write("b.toml", TEXT.format("two", "p"))
    folder.write("a.toml", TEXT.format("one", "p"))
    with caplog.at_level(logging.INFO):
        folder.look()
        folder.look()
    assert [(line["event"], line["job"], line["by"]) for line in folder.events()] == [
        ("job-registered", "one", "file:a.toml"),
        ("job-registered", "two", "file:b.toml"),
    ]
    assert [record.message.partition(" (")[0] for record in caplog.records] == [
        "a.toml: job one: created",
        "b.toml: job two: created",
    ]


def test_one_that_is_being_written_waits_until_it_stands_still(folder: Folder) -> None:
    folder.write("a.toml", TEXT.format("one", "half"), ago=0)
    folder.look()
    assert folder.purpose("one") == ""
    folder.write("a.toml", TEXT.format("one", "halves"), ago=0)
    folder.look()  # another than at the last look
    assert folder.purpose("one") == ""
    folder.look()
    assert folder.purpose("one") == "halves"


def test_one_that_is_renamed_into_place_counts_at_once(folder: Folder) -> None:
    folder.write("a.toml", TEXT.format("one", "old"))
    folder.look()
    folder.write("a.new", TEXT.format("one", "new")).rename(folder.path / "a.toml")
    folder.look()
    assert folder.purpose("one") == "new"


def test_one_that_changes_while_it_is_read_is_read_again(folder: Folder) -> None:
    path = folder.write("a.toml", TEXT.format("one", "torn"))

    def read(path: Path) -> Described:
        described = read_described(path)
        if described.job.purpose == "torn":
            folder.write("a.toml", TEXT.format("one", "whole"), ago=5)
        return described

    folder.follower = Follower(folder.desk, folder.path, read)
    folder.look()
    assert folder.purpose("one") == ""
    folder.look()
    assert folder.purpose("one") == "whole"
    assert path.exists()


def test_a_bad_file_stops_no_other_and_is_told_once(folder: Folder, caplog: pytest.LogCaptureFixture) -> None:
    folder.write("a.toml", "id = ")
    folder.write("b.toml", TEXT.format("one", "p") + 'nonsense = "hunter2"\n')
    os.mkfifo(folder.path / "c.toml")
    (folder.path / "d.toml").symlink_to("nowhere")
    folder.write("e.toml", TEXT.format("good", "p"))
    for _ in range(3):
        folder.look()
    assert folder.purpose("good") == "p"
    refused = folder.events("job-file-refused")
    assert [line["file"] for line in refused] == ["a.toml", "b.toml", "c.toml", "d.toml"]
    assert refused[1]["problems"] == ["scope.nonsense is no known key; did you mean scope.max_responses?"]
    assert "hunter2" not in str(refused) + caplog.text
    assert caplog.text.count("is refused") == 4
    folder.write("a.toml", "id = = ")
    folder.look()
    assert len(folder.events("job-file-refused")) == 5  # another change, another problem
    folder.write("a.toml", TEXT.format("mended", "p"))
    folder.look()
    assert folder.purpose("mended") == "p"


def test_a_touch_says_nothing_new(folder: Folder) -> None:
    path = folder.write("a.toml", TEXT.format("one", "p"))
    folder.look()
    folder.desk.register(Job("one", "acme", "by hand"), ROOT)
    os.utime(path, (1, 1))
    folder.look()
    assert folder.purpose("one") == "by hand"
    folder.follower.look_anew()  # SIGHUP: what the files say
    folder.look()
    assert folder.purpose("one") == "p"


def test_one_id_in_two_files_is_refused_in_both_until_one_is_gone(folder: Folder) -> None:
    folder.write("b.toml", TEXT.format("one", "mine"))
    folder.look()
    folder.write("a.toml", TEXT.format("one", "theirs"))
    folder.look()
    assert folder.purpose("one") == "mine"
    assert [line["file"] for line in folder.events("job-file-refused")] == ["a.toml", "b.toml"]
    (folder.path / "b.toml").unlink()
    folder.look()
    assert folder.purpose("one") == "theirs"
    folder.look()
    assert folder.events("job-file-gone") == []  # another file tells of it


def test_a_file_that_is_gone_is_told_and_revokes_nothing(folder: Folder, caplog: pytest.LogCaptureFixture) -> None:
    path = folder.write("a.toml", TEXT.format("one", "p"))
    folder.look()
    path.unlink()
    folder.look()
    folder.write("a.toml", TEXT.format("one", "p"))  # an editor that had it away for a moment
    folder.look()
    assert folder.events("job-file-gone") == []
    path.unlink()
    for _ in range(3):
        folder.look()
    (line,) = folder.events("job-file-gone")
    assert (line["file"], line["job"]) == ("a.toml", "one")
    assert folder.desk.show("one").state == "active"
    assert "stays as it is" in caplog.text


def test_a_renamed_file_is_the_same_job(folder: Folder) -> None:
    folder.write("a.toml", TEXT.format("one", "p"))
    folder.look()
    (folder.path / "a.toml").rename(folder.path / "b.toml")
    for _ in range(3):
        folder.look()
    assert [line["event"] for line in folder.events()] == ["job-registered"]


def test_a_config_map_is_swapped_whole(folder: Folder) -> None:
    for version in ("v1", "v2"):
        (folder.path / f"..{version}").mkdir()
        folder.write(f"..{version}/a.toml", TEXT.format("one", version))
    (folder.path / "..data").symlink_to("..v1")
    (folder.path / "a.toml").symlink_to("..data/a.toml")
    folder.look()
    assert folder.purpose("one") == "v1"
    (folder.path / "..next").symlink_to("..v2")
    (folder.path / "..next").rename(folder.path / "..data")
    folder.look()
    assert folder.purpose("one") == "v2"


def test_a_folder_that_is_not_there_or_cannot_be_read(folder: Folder, caplog: pytest.LogCaptureFixture) -> None:
    folder.write("a.toml", TEXT.format("one", "p"))
    folder.look()
    folder.path.rename(folder.path.with_name("aside"))
    folder.path.write_text("a file")
    for _ in range(3):
        folder.look()
    assert caplog.text.count("cannot be read") == 1
    folder.path.unlink()
    folder.look()
    folder.path.with_name("aside").rename(folder.path)
    folder.look()
    assert folder.events("job-file-gone") == []
    assert len(folder.events()) == 1


def test_what_the_state_cannot_take_now_is_tried_again(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    folder.write("a.toml", TEXT.format("one", "p"))

    def full(*_: object) -> None:
        raise StateError("no room")

    with monkeypatch.context() as broken:
        broken.setattr(following, "applied", full)
        for _ in range(3):
            folder.look()
    assert caplog.text.count("no room") == 1
    folder.look()
    assert folder.purpose("one") == "p"


async def until(condition: Callable[[], bool]) -> float:
    start = time.monotonic()
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - the change is another thread's
            await asyncio.sleep(0.005)
    return time.monotonic() - start


async def test_a_change_counts_within_two_seconds(folder: Folder) -> None:
    task = asyncio.create_task(folder.follower.follow())
    await asyncio.sleep(0)
    await asyncio.to_thread(folder.write, "a.toml", TEXT.format("one", "first"), ago=0)
    assert await until(lambda: folder.purpose("one") == "first") < 2
    await asyncio.to_thread(folder.write, "a.toml", TEXT.format("one", "second"), ago=0)
    assert await until(lambda: folder.purpose("one") == "second") < 2
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_sighup_does_not_wait(folder: Folder) -> None:
    task = asyncio.create_task(folder.follower.follow(period=3_600))
    await until(lambda: folder.follower._seen == {} and not folder.follower._wake.is_set())
    await asyncio.to_thread(folder.write, "a.toml", TEXT.format("one", "p"))
    folder.follower.look_anew()
    assert await until(lambda: folder.purpose("one") == "p") < 2
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_event_loop_goes_on_and_the_end_comes_after_the_file_under_way(folder: Folder) -> None:
    entered, go_on, loop = asyncio.Event(), threading.Event(), asyncio.get_running_loop()

    def read(path: Path) -> Described:
        loop.call_soon_threadsafe(entered.set)
        assert go_on.wait(10)
        return read_described(path)

    folder.write("a.toml", TEXT.format("one", "p"))
    task = asyncio.create_task(Follower(folder.desk, folder.path, read).follow())
    await asyncio.wait_for(entered.wait(), 10)
    task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert folder.purpose("one") == ""  # it was told to stop before it applied anything


async def test_a_mistake_of_ours_ends_nothing(folder: Folder, caplog: pytest.LogCaptureFixture) -> None:
    calls = 0

    def read(path: Path) -> Described:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise RuntimeError("nobody thought of it")
        return read_described(path)

    folder.write("a.toml", TEXT.format("one", "p"))
    task = asyncio.create_task(Follower(folder.desk, folder.path, read).follow(0.01))
    await until(lambda: folder.purpose("one") == "p")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert "nobody thought of it" in caplog.text


async def test_a_look_that_does_not_end_is_told(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(declared, "LATE_SECONDS", 0.01)
    go_on = threading.Event()
    monkeypatch.setattr(folder.follower, "look", lambda: go_on.wait(20))
    task = asyncio.create_task(folder.follower.follow())
    await until(lambda: "has not ended" in caplog.text)
    task.cancel()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
