"""The layer without sockets; a whole conversation is tested live (live/test_modes_socks5.py)."""

from typing import Any

import pytest
from facegate_addons.wire.socks5 import UNREAD_MAX, FacegateSocks5Instance, FacegateSocks5Mode, Socks5
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.modes import Socks5AuthData, Socks5AuthHook
from mitmproxy.proxy.mode_servers import ServerInstance
from mitmproxy.proxy.mode_specs import ProxyMode, Socks5Mode


def test_mitmproxy_finds_the_mode(context: Context) -> None:
    mode = ProxyMode.parse(FacegateSocks5Mode.type_name)
    assert isinstance(mode, Socks5Mode)
    instance = ServerInstance.make(mode, None)
    assert isinstance(instance, FacegateSocks5Instance)
    assert isinstance(instance.make_top_layer(context), Socks5)


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (b"\x00", b"\x05\x00"),
        (b"\x02", b"\x05\x02"),
        (b"\x00\x01\x02", b"\x05\x02"),
        (b"\x01", b"\x05\xff"),
        (b"", b"\x05\xff"),
    ],
)
def test_who_can_authenticate_has_to(context: Context, play: Any, offered: bytes, chosen: bytes) -> None:
    played = play(Socks5(context))
    played.data(context.client, bytes([5, len(offered)]) + offered)
    assert played.sent(context.client) == chosen
    assert (context.client in played.closed) == (chosen == b"\x05\xff")


@pytest.mark.parametrize(("valid", "said"), [(True, b"\x05\x02\x01\x00"), (False, b"\x05\x02\x01\x01")])
def test_the_hook_decides(context: Context, play: Any, valid: bool, said: bytes) -> None:
    asked: list[Socks5AuthData] = []

    def hook(data: Socks5AuthData) -> None:
        asked.append(data)
        data.valid = valid

    played = play(Socks5(context), socks5_auth=hook)
    played.data(context.client, b"\x05\x01\x02" + b"\x01\x05crawl\x05token")
    assert played.sent(context.client) == said
    assert [(data.username, data.password) for data in asked] == [("crawl", "token")]
    assert (context.client in played.closed) is not valid


def test_what_comes_while_the_hook_waits_is_bounded(context: Context) -> None:
    top = Socks5(context)
    list(top.handle_event(events.Start()))
    said = events.DataReceived(context.client, b"\x05\x01\x02\x01\x01a\x01b")
    assert any(isinstance(command, Socks5AuthHook) for command in top.handle_event(said))
    more = events.DataReceived(context.client, bytes(UNREAD_MAX))
    assert list(top.handle_event(more)) == []
    (command,) = top.handle_event(events.DataReceived(context.client, b"x"))
    assert isinstance(command, commands.CloseConnection)


def test_nothing_a_client_said_is_logged(context: Context) -> None:
    top = Socks5(context)
    seen = list(top.handle_event(events.Start()))
    seen += top.handle_event(events.DataReceived(context.client, b"\x05\x01\x02\x01\x05crawl\x05tok"))
    seen += top.handle_event(events.ConnectionClosed(context.client))
    top = Socks5(context)
    seen += top.handle_event(events.Start())
    seen += top.handle_event(events.DataReceived(context.client, b"\x05\x01\x00\x05\x02\x00\x01secret"))
    assert not [command for command in seen if isinstance(command, commands.Log)]
