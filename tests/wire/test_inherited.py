import socket

from facegate_addons.wire import inherited
from facegate_addons.wire.inherited import Inherited
from mitmproxy.test import taddons


def test_descriptors_become_the_sockets_they_are_of() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, taddons.context(Inherited()) as context:
        assert inherited.sockets() == []
        address = listening.getsockname()
        context.configure(inherited.Inherited(), **{inherited.OPTION: [str(listening.detach())]})
        (taken,) = inherited.sockets()
        with taken:
            assert taken.getsockname() == address
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)  # as those it accepts have it


def test_where_nobody_declared_them_there_are_none() -> None:
    with taddons.context():
        assert inherited.sockets() == []
