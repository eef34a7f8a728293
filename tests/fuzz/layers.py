"""The gate's layers in mitmproxy, without sockets: what an origin sends unsealed reaches no client, what a client sends
ungranted opens no connection, and no layer raises. In the manner of mitmproxy's own test_http_fuzz.py.

The first two bytes say in how many pieces the rest comes.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import h2.config
import h2.connection
import h2.settings
from facegate_addons.domain.job import Job
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.wire.install import install
from facegate_addons.wire.master import FixedOptions
from facegate_addons.wire.next_layer import InspectedLayers
from fuzz.seeds import Seed
from mitmproxy import http
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.connection import Client, Connection, ConnectionState
from mitmproxy.options import Options
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import HttpLayer, HTTPMode
from mitmproxy.test import taddons

SECRET = b"SECRET bytes of a face"
_ASK = b"GET http://origin/ HTTP/1.1\r\nHost: origin\r\n\r\n"
_HEAD = [(":method", "GET"), (":scheme", "https"), (":authority", "origin"), (":path", "/")]
_ANSWER = [(":status", "200"), ("content-type", "image/jpeg"), ("content-length", str(len(SECRET)))]


class Wires:
    """A layer, and what it did: `sent` to each connection, how often it `opened` one."""

    def __init__(self, *, grant: bool, alpn: bytes | None = None, client_alpn: bytes | None = None) -> None:
        client = Client(peername=("127.0.0.1", 5000), sockname=("127.0.0.1", 8080), state=ConnectionState.OPEN)
        client.alpn = client_alpn
        self.client, self.server, self.opened = client, None, 0
        self.sent: dict[Connection, bytes] = {}
        self._grant, self._alpn = grant, alpn
        self._layer = HttpLayer(Context(client, _options()), HTTPMode.regular)
        self.feed(events.Start())

    def data(self, connection: Connection, data: bytes) -> None:
        if connection.state & ConnectionState.CAN_READ:
            self.feed(events.DataReceived(connection, data))

    def end(self, connection: Connection) -> None:
        if connection.state & ConnectionState.CAN_READ:
            connection.state &= ~ConnectionState.CAN_READ
            self.feed(events.ConnectionClosed(connection))

    def feed(self, event: events.Event) -> None:
        todo = [event]
        while todo:
            todo += filter(None, map(self._answer, self._layer.handle_event(todo.pop(0))))

    def _answer(self, command: commands.Command) -> events.Event | None:
        match command:
            case commands.StartHook():
                if self._grant and command.name == "request":
                    _granted(command.args()[0])
                return events.HookCompleted(command) if command.blocking else None
            case commands.OpenConnection(connection=connection):
                self.opened += 1
                connection.state, connection.alpn, self.server = ConnectionState.OPEN, self._alpn, connection
                return events.OpenConnectionCompleted(command, None)
            case commands.SendData(connection=connection, data=data):
                self.sent[connection] = self.sent.get(connection, b"") + data
            case commands.CloseConnection(connection=connection):
                connection.state = ConnectionState.CLOSED
        return None


@functools.cache
def _options() -> Options:
    install()
    with taddons.context(Proxyserver(), InspectedLayers()) as addons:
        options: Options = addons.options
    options.update(**{name: value for name, value in FixedOptions._FIXED if name in options})
    return options


def _granted(flow: http.HTTPFlow) -> None:
    exchange = exchange_of(flow)
    exchange.job, exchange.may_leave = Job("crawl", "acme"), True


def _pieces(data: bytes) -> list[bytes]:
    step = 1 + int.from_bytes(data[:2], "big") % 600
    return [data[at : at + step] for at in range(2, len(data), step)]


def _tried(play: Callable[[], str]) -> str:
    try:
        return play()
    except Exception as error:  # noqa: BLE001 - any is what is looked for
        return f"raised {type(error).__name__}"


def _origin(data: bytes, alpn: bytes | None) -> str:
    def play() -> str:
        wires = Wires(grant=True, alpn=alpn)
        wires.data(wires.client, _ASK)
        if wires.server is None:
            return "a granted request did not leave"
        for piece in _pieces(data):
            wires.data(wires.server, piece)
        wires.end(wires.server)
        wires.end(wires.client)
        return "the origin's bytes came through" if SECRET in wires.sent.get(wires.client, b"") else ""

    return _tried(play)


def _client(data: bytes, alpn: bytes | None) -> str:
    def play() -> str:
        wires = Wires(grant=False, client_alpn=alpn)
        for piece in _pieces(data):
            wires.data(wires.client, piece)
        wires.end(wires.client)
        return "a connection without a grant" if wires.opened else ""

    return _tried(play)


def http1_origin(data: bytes) -> str:
    return _origin(data, None)


def http2_origin(data: bytes) -> str:
    return _origin(data, b"h2")


def http1_client(data: bytes) -> str:
    return _client(data, None)


def http2_client(data: bytes) -> str:
    return _client(data, b"h2")


def http1_answers(_seeds: Sequence[Seed]) -> list[bytes]:
    length = b"Content-Length: %d\r\n" % len(SECRET)
    chunked = b"%x;a=b\r\n%s\r\n0\r\nX-Trailer: y\r\n\r\n" % (len(SECRET), SECRET)
    return [
        b"\2\0HTTP/1.1 200 OK\r\n" + length + b"Content-Type: image/jpeg\r\n\r\n" + SECRET,
        b"\0\7HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked,
        b"\2\0HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + SECRET,
        b"\0\5HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 404 Not Found\r\n" + length + b"\r\n" + SECRET,
        b"\2\0HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n" + SECRET,
        b"\2\0HTTP/1.0 206 Partial Content\r\nContent-Range: bytes 0-21/22\r\nContent-Encoding: gzip\r\n\r\n" + SECRET,
    ]


def http1_questions(_seeds: Sequence[Seed]) -> list[bytes]:
    return [
        b"\2\0" + _ASK,
        b"\2\0POST http://origin/ HTTP/1.1\r\nHost: origin\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello"
        + _ASK,
        b"\0\7POST http://u:p@origin/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        b"\2\0CONNECT origin:443 HTTP/1.1\r\nHost: origin\r\nProxy-Authorization: Basic YTo=\r\n\r\n\x16\3\1\0\5hello",
        b"\2\0GET / HTTP/1.1\r\nUpgrade: h2c\r\nConnection: upgrade\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
        b"\2\0PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ]


def _speaker(*, client: bool) -> Any:
    speaker = h2.connection.H2Connection(h2.config.H2Configuration(client_side=client, validate_outbound_headers=False))
    speaker.initiate_connection()
    return speaker


def http2_answers(_seeds: Sequence[Seed]) -> list[bytes]:
    """What a server that is the h2 package's says to the gate's first request."""
    asking = _speaker(client=True)
    asking.send_headers(1, _HEAD, end_stream=True)
    asked = asking.data_to_send()
    answers = []
    for how in range(4):
        server = _speaker(client=False)
        server.receive_data(asked)
        if how == 1:
            server.push_stream(1, 2, [*_HEAD[:-1], (":path", "/pushed")])
        if how == 2:
            server.send_headers(1, [(":status", "103"), ("link", "</a>")])
        server.send_headers(1, _ANSWER)
        server.send_data(1, SECRET, end_stream=how != 3)
        if how == 3:
            server.send_headers(1, [("x-trailer", "y")], end_stream=True)
        server.close_connection()
        answers.append(b"\2\0" + server.data_to_send())
    return answers


def http2_questions(_seeds: Sequence[Seed]) -> list[bytes]:
    questions = []
    for method in ("GET", "POST", "CONNECT"):
        client = _speaker(client=True)
        client.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: 100})
        for stream in (1, 3, 5):
            client.send_headers(stream, [(":method", method), *_HEAD[1:]], end_stream=False, priority_weight=7)
            client.send_data(stream, b"hello", end_stream=True)
        client.reset_stream(3)
        client.ping(b"12345678")
        client.increment_flow_control_window(1000)
        questions.append(b"\2\0" + client.data_to_send())
    return questions
