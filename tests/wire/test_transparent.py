"""Where a connection was to go; with routes that bring it here that is tested live (live/test_modes_transparent.py)."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest
from facegate_addons.wire import transparent
from facegate_addons.wire.transparent import (
    FacegateTransparentInstance,
    FacegateTransparentMode,
    answer_for_others,
    original_destination,
)
from mitmproxy.proxy import layers
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.mode_servers import ServerInstance
from mitmproxy.proxy.mode_specs import ProxyMode, TransparentMode


@pytest.fixture(params=["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def accepted(request: pytest.FixtureRequest) -> Iterator[tuple[socket.socket, str, int]]:
    """A socket that was accepted here, and the address it was connected to."""
    host = request.param
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as server, socket.socket(family) as client:
        if family == socket.AF_INET6:
            server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        server.bind(("::" if family == socket.AF_INET6 else host, 0))
        server.listen()
        port = server.getsockname()[1]
        client.connect((host, port))
        with closing(server.accept()[0]) as sock:
            yield sock, host.removeprefix("::ffff:"), port


def test_the_kernel_or_the_socket_itself_knows(accepted: tuple[socket.socket, str, int]) -> None:
    sock, host, port = accepted
    assert original_destination(sock) == (host, port)


def test_redirected_connections_are_asked_of_the_kernel(
    accepted: tuple[socket.socket, str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transparent.platform, "original_addr", lambda _sock: ("203.0.113.10", 443))
    assert original_destination(accepted[0]) == ("203.0.113.10", 443)


def test_the_mode_is_ours_alone(context: Context) -> None:
    mode = ProxyMode.parse(FacegateTransparentMode.type_name)
    assert not isinstance(mode, TransparentMode)
    instance = ServerInstance.make(mode, None)
    assert isinstance(instance, FacegateTransparentInstance)
    assert isinstance(instance.make_top_layer(context), layers.modes.TransparentProxy)
    with pytest.raises(ValueError, match="no arguments"):
        ProxyMode.parse(f"{FacegateTransparentMode.type_name}:x")


def test_whether_a_socket_may_answer_for_others_is_known() -> None:
    with socket.socket(socket.AF_UNIX) as none:
        assert not answer_for_others(none)
