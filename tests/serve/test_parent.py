import asyncio
import os
import threading
from collections.abc import Iterator

import pytest
from facegate.serve.parent import Stop, tell, when_orphaned


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    read, write = os.pipe()
    yield read, write
    for descriptor in (read, write):
        try:
            os.close(descriptor)
        except OSError:
            continue  # the test closed it


def test_a_word_to_the_supervisor_is_one_line(pipe: tuple[int, int]) -> None:
    read, write = pipe
    tell(write, "the home\n is  broken")
    assert os.read(read, 100) == b"the home is broken\n"
    assert os.read(read, 100) == b""  # and the last


def test_a_supervisor_that_is_gone_needs_no_word(pipe: tuple[int, int]) -> None:
    os.close(pipe[0])
    tell(pipe[1], "ready")


def test_the_end_of_the_supervisor_is_noticed(pipe: tuple[int, int]) -> None:
    orphaned = threading.Event()
    when_orphaned(pipe[0], orphaned.set)
    assert not orphaned.wait(0.05)
    os.close(pipe[1])
    assert orphaned.wait(5)


async def test_stop_is_set_by_the_supervisors_end(pipe: tuple[int, int]) -> None:
    stop = Stop(pipe[0])
    assert not stop.is_set()
    os.close(pipe[1])
    async with asyncio.timeout(5):
        await stop.wait()
