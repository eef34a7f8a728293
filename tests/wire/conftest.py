"""A layer without sockets: events in, commands out; hooks and connections are answered as the test says."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from facegate_addons.wire.install import install
from facegate_addons.wire.next_layer import InspectedLayers
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.connection import Client, Connection, ConnectionState
from mitmproxy.proxy import commands, events, layer
from mitmproxy.proxy.context import Context
from mitmproxy.test import taddons

Hook = Callable[[Any], None]


class Play:
    """`hooks` are functions of the hook's subject (mostly the flow), by the hook's name."""

    def __init__(self, top: layer.Layer, **hooks: Hook) -> None:
        self.hooked: list[str] = []
        self.opened = 0
        self.closed: list[Connection] = []
        self._sent: dict[Connection, bytes] = {}
        self._top = top
        self._hooks = hooks
        self.feed(events.Start())

    def data(self, connection: Connection, data: bytes) -> None:
        self.feed(events.DataReceived(connection, data))

    def sent(self, connection: Connection) -> bytes:
        return self._sent.get(connection, b"")

    def feed(self, event: events.Event) -> list[commands.Command]:
        """All commands that come of it, those that come of their answers included."""
        seen: list[commands.Command] = []
        todo = [event]
        while todo:
            for command in self._top.handle_event(todo.pop(0)):
                seen.append(command)
                if (answered := self._answer(command)) is not None:
                    todo.append(answered)
        return seen

    def _answer(self, command: commands.Command) -> events.Event | None:
        match command:
            case commands.StartHook():
                self.hooked.append(command.name)
                self._hooks.get(command.name, lambda _subject: None)(command.args()[0])
                return events.HookCompleted(command) if command.blocking else None
            case commands.OpenConnection(connection=connection):
                self.opened += 1
                connection.state = ConnectionState.OPEN
                return events.OpenConnectionCompleted(command, None)
            case commands.SendData(connection=connection, data=data):
                self._sent[connection] = self.sent(connection) + data
            case commands.CloseConnection(connection=connection):
                self.closed.append(connection)
                connection.state = ConnectionState.CLOSED
        return None


@pytest.fixture
def play() -> type[Play]:
    return Play


@pytest.fixture
def context() -> Iterator[Context]:
    """A client's connection under mitmproxy's options, with the gate's layers installed."""
    install()
    with taddons.context(Proxyserver(), InspectedLayers()) as addons:
        client = Client(peername=("127.0.0.1", 5000), sockname=("127.0.0.1", 8080), state=ConnectionState.OPEN)
        yield Context(client, addons.options)
