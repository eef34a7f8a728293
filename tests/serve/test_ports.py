import socket

import pytest
from facegate.errors import HomeError
from facegate.serve.ports import bound, bound_all, free_port, reserve

HERE = "127.0.0.1"


def test_a_reserved_port_is_held_and_shared_but_takes_no_connection() -> None:
    with reserve(HERE, 0, "listen") as held:
        port = held.getsockname()[1]
        with bound(HERE, port, "listen", share=True) as gateway, socket.socket() as client:
            assert client.connect_ex((HERE, port)) != 0
            gateway.listen()
            client.close()
            socket.create_connection((HERE, port), timeout=5).close()


@pytest.mark.parametrize("sharing", [False, True])
def test_a_port_in_use_is_found_even_when_it_would_be_shared(sharing: bool) -> None:
    with socket.socket() as other:
        if sharing:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind((HERE, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(HomeError, match=f"listen: {HERE}:{port} is in use; stop the other program or choose"):
            reserve(HERE, port, "listen").__enter__()
        with pytest.raises(HomeError, match=r"console: .* is in use"):
            free_port(HERE, port, "console")


def test_a_port_that_another_serve_has_only_reserved_is_in_use() -> None:
    with reserve("localhost", 0, "listen") as held:
        port = held.getsockname()[1]
        with pytest.raises(HomeError, match=f"listen: {HERE}:{port} is in use; stop the other program or choose"):
            reserve(HERE, port, "listen").__enter__()
    with reserve(HERE, port, "listen"):
        pass  # given back


def test_port_0_is_a_free_one() -> None:
    assert free_port(HERE, 0, "console") > 0


@pytest.mark.parametrize(
    ("host", "says"),
    [("192.0.2.1", "is not an address of this machine"), ("no.such.host.invalid", "is no address of this machine")],
)
def test_an_address_of_another_machine(host: str, says: str) -> None:
    with pytest.raises(HomeError, match=says):
        free_port(host, 0, "listen")


def test_each_address_of_a_host_gets_its_socket() -> None:
    with reserve("localhost", 0, "listen") as held:
        sockets = bound_all("localhost", held.getsockname()[1], "listen")
        assert held.getsockname() in [each.getsockname() for each in sockets]
        for each in sockets:
            each.close()
    with pytest.raises(HomeError, match="is not an address of this machine"):
        bound_all("192.0.2.1", 0, "listen")
