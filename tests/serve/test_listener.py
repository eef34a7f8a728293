import os
import socket
from collections.abc import Iterator

import pytest
from facegate.serve.listener import Listener
from facegate.serve.ports import reserve

HERE = "127.0.0.1"


@pytest.fixture
def port() -> Iterator[int]:
    with reserve(HERE, 0, "listen") as held:
        yield held.getsockname()[1]


def refuses(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex((HERE, port)) != 0


def inherited(listener: Listener) -> socket.socket:
    """As another process has it."""
    (descriptor,) = listener.descriptors
    return socket.socket(fileno=os.dup(descriptor))


def test_who_waits_outlives_the_process_that_listened(port: int) -> None:
    listener = Listener(HERE, port, "listen")
    assert refuses(port)
    with inherited(listener) as first:
        first.listen()
    with socket.create_connection((HERE, port), timeout=5), inherited(listener) as second:
        second.settimeout(5)
        second.accept()[0].close()
    listener.close()
    assert refuses(port)


def test_who_waits_for_nobody_is_told_so(port: int) -> None:
    listener = Listener(HERE, port, "listen")
    with inherited(listener) as first:
        first.listen()
    with socket.create_connection((HERE, port), timeout=5) as client:
        listener.renew()
        assert refuses(port)
        with pytest.raises(ConnectionResetError):
            client.recv(1)
    listener.close()
    listener.renew()
    assert listener.descriptors == []
