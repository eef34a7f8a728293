"""SOCKS5 (RFC 1928, RFC 1929): who connects, if the client says so, and where to. Then the same layers as everywhere.

A client that can authenticate is asked to. One that cannot is let in: each of its requests is refused, with its reason,
where credentials are required. Of what a client said nothing reaches a log; mitmproxy's own layer logs it, passwords
too. Only CONNECT is granted: BIND and UDP ASSOCIATE would relay what nobody looks at.
"""

from collections.abc import Callable
from typing import Literal

from mitmproxy.net.check import is_valid_host
from mitmproxy.proxy import commands, events, layer
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.modes import Socks5Proxy
from mitmproxy.proxy.mode_specs import Socks5Mode

from facegate_addons.wire.shared_port import SharedPort

UNREAD_MAX = 64 << 10  # bytes of a handshake, or sent ahead of its end; the longest handshake has some 1,000
VERSION, NO_CREDENTIALS, USER_PASSWORD, NONE_ACCEPTABLE = 5, 0, 2, 0xFF
DOMAIN_NAME = 3
HOST_UNREACHABLE = 4


class Socks5(Socks5Proxy):
    _waiting = 0  # bytes that came while credentials were looked up

    def handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        if self._paused and isinstance(event, events.DataReceived):
            self._waiting += len(event.data)
            if self._waiting > UNREAD_MAX:
                yield commands.CloseConnection(self.context.client)
                return
        yield from super().handle_event(event)

    def _handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        if isinstance(event, events.ConnectionClosed):
            yield commands.CloseConnection(event.connection)
        elif isinstance(event, events.DataReceived) and len(self.buf) + len(event.data) > UNREAD_MAX:
            yield from self.socks_err("")
        else:
            yield from super()._handle_event(event)

    def socks_err(self, message: str, reply_code: int | None = None) -> layer.CommandGenerator[None]:
        """`message` has what the client said, so it goes nowhere."""
        if reply_code == NONE_ACCEPTABLE:
            yield commands.SendData(self.context.client, bytes([VERSION, NONE_ACCEPTABLE]))
        elif reply_code is not None:
            yield commands.SendData(self.context.client, bytes([VERSION, reply_code, 0, 1]) + bytes(6))
        yield commands.CloseConnection(self.context.client)
        self._handle_event = self.done  # type: ignore[method-assign]

    def state_greet(self) -> layer.CommandGenerator[None]:
        if self.buf[:1] not in (b"", bytes([VERSION])):
            yield from self.socks_err("")
            return
        if len(self.buf) < 2 or len(self.buf) < 2 + self.buf[1]:
            return
        end = 2 + self.buf[1]
        offered, self.buf = self.buf[2:end], self.buf[end:]
        if USER_PASSWORD in offered:
            method, following = USER_PASSWORD, self.state_auth
        elif NO_CREDENTIALS in offered:
            method, following = NO_CREDENTIALS, self.state_connect
        else:
            yield from self.socks_err("", NONE_ACCEPTABLE)
            return
        yield commands.SendData(self.context.client, bytes([VERSION, method]))
        self.state = following
        yield from self.state()

    state: Callable[..., layer.CommandGenerator[None]] = state_greet

    def state_auth(self) -> layer.CommandGenerator[None]:
        if self.buf[:1] not in (b"", b"\x01"):  # of the sub-negotiation
            yield from self.socks_err("")
            return
        yield from super().state_auth()

    def state_connect(self) -> layer.CommandGenerator[None]:
        if len(self.buf) > 4 and self.buf[:4] == b"\x05\x01\x00\x03":
            end = 5 + self.buf[4]
            if len(self.buf) >= end + 2 and not is_valid_host(self.buf[5:end]):
                yield from self.socks_err("", HOST_UNREACHABLE)
                return
        yield from super().state_connect()


class FacegateSocks5Mode(Socks5Mode):
    description = "facegate, SOCKS5"
    transport_protocol: Literal["tcp"] = "tcp"


class FacegateSocks5Instance(SharedPort[FacegateSocks5Mode]):
    def make_top_layer(self, context: Context) -> layer.Layer:
        return Socks5(context)
