from collections.abc import Iterator

import pytest
from file_server import FileServer

CONTENT = bytes(range(251)) * 4_000  # about a megabyte: more than the buffers of two sockets take at once


@pytest.fixture
def server() -> Iterator[FileServer]:
    with FileServer(CONTENT) as server:
        yield server
