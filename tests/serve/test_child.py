"""Children of a few lines, in real processes."""

import asyncio
import errno
import logging
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
from facegate.errors import HomeError
from facegate.serve import child
from facegate.serve.child import Child
from facegate.serve.listener import Listener

HEAD = """
import os, signal, sys
from pathlib import Path
status, life = (int(argument.partition("=")[2]) for argument in sys.argv[1:3])
folder = Path(__file__).parent
def tell(word):
    os.write(status, word + b"\\n")
with (folder / "starts").open("a") as starts:
    starts.write(f"{os.getpid()}\\n")
nth = len((folder / "starts").read_text().split())
"""
SERVES = "tell(b'ready'); os.read(life, 1)"

Make = Callable[[str], Child]


@pytest.fixture
async def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Make]:
    """`make("the child's code after HEAD")`"""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    children: list[Child] = []

    def make(code: str) -> Child:
        (tmp_path / "player.py").write_text(HEAD + code)
        children.append(Child("player", ["player"]))
        return children[-1]

    yield make
    for made in children:
        await made.stop()


def starts(tmp_path: Path) -> list[int]:
    path = tmp_path / "starts"
    return [int(pid) for pid in path.read_text().split()] if path.exists() else []


async def until(check: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not check():  # noqa: ASYNC110 - the child is another process
            await asyncio.sleep(0.01)


async def within(seconds: float, what: Awaitable[None]) -> None:
    async with asyncio.timeout(seconds):
        await what


async def test_it_is_started_once_it_says_so_and_stops_on_sigterm(make: Make, tmp_path: Path) -> None:
    player = make(SERVES)
    await player.start()
    (pid,) = starts(tmp_path)
    await within(5, player.stop())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("tell(b'the home is broken; mend it'); sys.exit(2)", "the home is broken; mend it"),
        ("sys.exit(1)", "player ended before it was ready"),
    ],
)
async def test_why_it_cannot_start_is_its_own_line(make: Make, code: str, says: str) -> None:
    with pytest.raises(HomeError, match=says):
        await make(code).start()


async def test_one_that_says_nothing_is_given_up(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "READY_SECONDS", 0.3)
    with pytest.raises(HomeError, match="not ready after"):
        await make("os.read(life, 1)").start()


async def test_it_comes_back_also_after_a_start_that_failed(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(child, "BACKOFF_SECONDS", (0.0,))
    player = make("if nth in (2, 3): tell(b'not now'); sys.exit(2)\n" + SERVES)
    await player.start()
    keeping = asyncio.create_task(player.keep())
    with caplog.at_level(logging.ERROR):
        os.kill(starts(tmp_path)[0], signal.SIGKILL)
        await until(lambda: len(starts(tmp_path)) == 4)
        assert not keeping.done()
        os.kill(starts(tmp_path)[3], signal.SIGKILL)
        await until(lambda: len(starts(tmp_path)) == 5)
        await player.stop()
        await within(5, keeping)
    assert [record.message for record in caplog.records].count("player: not now") == 2


def descriptors() -> set[str]:
    return {path.name for path in Path("/dev/fd").iterdir()}


async def test_a_start_that_the_system_refuses_is_one_line_and_leaves_no_pipe_open(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    player = make(SERVES)
    before = descriptors()
    with monkeypatch.context() as gone:
        gone.setattr(child.sys, "executable", "/nonexistent/python")
        with pytest.raises(HomeError, match=r"player cannot be started \(No such file or directory\)"):
            await player.start()
    assert descriptors() == before
    await player.start()


async def test_it_comes_back_after_a_start_that_the_system_refused(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(child, "BACKOFF_SECONDS", (0.0,))
    player = make(SERVES)
    await player.start()
    real, refusals = os.pipe, [OSError(errno.EMFILE, "Too many open files")]
    monkeypatch.setattr(child.os, "pipe", lambda: real() if not refusals else raising(refusals.pop()))
    keeping = asyncio.create_task(player.keep())
    os.kill(starts(tmp_path)[0], signal.SIGKILL)
    await until(lambda: len(starts(tmp_path)) == 2)
    assert "player: player cannot be started (Too many open files)" in caplog.text
    await player.stop()
    await within(5, keeping)


async def test_a_start_that_cannot_be_heard_is_one_line(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    player = make(SERVES)
    with monkeypatch.context() as full:
        full.setattr(child.os, "dup", lambda _descriptor: raising(OSError(errno.EMFILE, "Too many open files")))
        with pytest.raises(HomeError, match=r"player cannot be heard \(Too many open files\)"):
            await player.start()
    await player.start()


@pytest.mark.parametrize(("succeeded", "renewed"), [(False, 1), (True, 0)])
async def test_who_waits_is_refused_unless_another_one_is_being_started(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    succeeded: bool, renewed: int,
) -> None:  # fmt: skip
    class Counting(Listener):
        renewals = 0

        def renew(self) -> None:
            self.renewals += 1

    monkeypatch.setattr(child, "BACKOFF_SECONDS", (0.0, 60.0))
    listener = Counting("127.0.0.1", 0, "listen")
    player = make("if nth == 2: tell(b'not now'); sys.exit(2)\n" + SERVES)
    player._listener = listener
    await player.start()
    player.succeeded = succeeded
    keeping = asyncio.create_task(player.keep())
    os.kill(starts(tmp_path)[0], signal.SIGKILL)
    await until(lambda: "starting it again in 60.0 s" in caplog.text)
    assert listener.renewals == renewed
    await player.stop()
    await within(5, keeping)
    listener.close()


def raising(error: OSError) -> NoReturn:
    raise error


async def test_one_that_ignores_sigterm_is_killed(make: Make, tmp_path: Path) -> None:
    player = make("signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SERVES + "\nimport time; time.sleep(60)")
    await player.start()
    await within(5, player.stop(0.2))
    with pytest.raises(ProcessLookupError):
        os.kill(starts(tmp_path)[0], 0)


async def test_a_signal_during_the_start_waits_for_its_end(make: Make, tmp_path: Path) -> None:
    player = make(
        "(folder / 'starting').touch()\n"
        "while not (folder / 'go').exists(): pass\n"
        "signal.signal(signal.SIGHUP, lambda *_: (folder / 'reloaded').touch())\n" + SERVES
    )
    starting = asyncio.create_task(player.start())
    await until((tmp_path / "starting").exists)
    player.signal(signal.SIGHUP)  # would end it now
    (tmp_path / "go").touch()
    await starting
    await until((tmp_path / "reloaded").exists)


async def test_one_that_is_stopped_between_two_starts_stays_away(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(child, "BACKOFF_SECONDS", (60.0,))
    player = make(SERVES)
    await player.start()
    keeping = asyncio.create_task(player.keep())
    os.kill(starts(tmp_path)[0], signal.SIGKILL)
    await until(lambda: "starting it again in 60.0 s" in caplog.text)
    await player.stop()
    await within(5, keeping)
    assert len(starts(tmp_path)) == 1


async def test_one_that_is_stopped_while_it_starts_again_ends_without_a_word(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(child, "BACKOFF_SECONDS", (0.0,))
    refused: list[Child] = []
    monkeypatch.setattr(Child, "_refuse", refused.append)
    player = make("if nth > 1: os.read(life, 1)\n" + SERVES)
    await player.start()
    keeping = asyncio.create_task(player.keep())
    os.kill(starts(tmp_path)[0], signal.SIGKILL)
    await until(lambda: len(starts(tmp_path)) == 2)
    caplog.clear()
    await player.stop()
    await within(5, keeping)
    assert not caplog.records
    assert not refused
    with pytest.raises(ProcessLookupError):
        os.kill(starts(tmp_path)[1], 0)


async def test_a_process_that_a_stop_did_not_know_of_is_ended(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    player = make(SERVES)
    real = asyncio.create_subprocess_exec
    made: list[int] = []

    async def slowly(*arguments: Any, **options: Any) -> asyncio.subprocess.Process:
        process = await real(*arguments, **options)
        made.append(process.pid)
        await player.stop()
        return process

    monkeypatch.setattr(child.asyncio, "create_subprocess_exec", slowly)
    with pytest.raises(HomeError, match="player was stopped while it started"):
        await player.start()
    with pytest.raises(ProcessLookupError):
        os.kill(made[0], 0)


async def test_one_that_leaves_ends_by_itself(make: Make, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    player = make(
        "signal.signal(signal.SIGTERM, lambda *_: (folder / 'hurried').touch())\n"
        "signal.signal(signal.SIGUSR2, lambda *_: sys.exit(0))\n" + SERVES
    )
    await player.start()
    keeping = asyncio.create_task(player.keep())
    await within(20, player.leave(20, 5))
    await within(5, keeping)
    assert len(starts(tmp_path)) == 1
    assert not (tmp_path / "hurried").exists()
    assert not caplog.records


async def test_one_that_does_not_leave_is_stopped(make: Make, tmp_path: Path) -> None:
    player = make("signal.signal(signal.SIGUSR2, lambda *_: (folder / 'asked').touch())\n" + SERVES)
    await player.start()
    await within(20, player.leave(0.5, 5))
    assert (tmp_path / "asked").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(starts(tmp_path)[0], 0)


async def test_one_that_is_to_leave_while_it_is_down_does_not_come_back(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(child, "BACKOFF_SECONDS", (60.0,))
    player = make(SERVES)
    await player.start()
    keeping = asyncio.create_task(player.keep())
    os.kill(starts(tmp_path)[0], signal.SIGKILL)
    await until(lambda: "starting it again" in caplog.text)
    await within(5, player.leave(60, 5))
    await within(5, keeping)
    assert len(starts(tmp_path)) == 1
