import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from facegate.errors import HomeError
from facegate.serve.turn import Turn

HOLD = (
    "import pathlib, sys\nfrom facegate.serve.turn import Turn\n"
    "turn = Turn(pathlib.Path(sys.argv[1]))\nprint(turn.take(), flush=True)\nsys.stdin.read()"
)


async def coming(turn: Turn, holder: "subprocess.Popen[str]") -> None:
    task = asyncio.create_task(turn.come())
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(task), 0.05)
    holder.send_signal(signal.SIGKILL)
    await asyncio.wait_for(task, 20)


def test_the_next_one_comes_when_the_holder_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "turn.lock"
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "True\n"
        ours = Turn(path)
        assert not ours.take()
        asyncio.run(coming(ours, holder))
    third = Turn(path)
    assert not third.take()
    ours.end()
    assert third.take()
    third.end()
    third.end()  # once more is harmless
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_folder_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match=r"turn\.lock cannot be opened \(No such file"):
        Turn(tmp_path / "none" / "turn.lock")
