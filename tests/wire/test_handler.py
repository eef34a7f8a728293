"""A real connection of a client to a handler whose layer is the test's."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from facegate_addons.wire.guard import GuardedAddons
from facegate_addons.wire.handler import AT_ONCE, PromptHandler
from facegate_addons.wire.install import install
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.master import Master
from mitmproxy.options import Options
from mitmproxy.proxy import commands, events, layer, mode_servers, mode_specs
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import NextLayer, NextLayerHook
from mitmproxy.utils.asyncio_utils import set_eager_task_factory

type Says = Callable[["Said", events.Event], layer.CommandGenerator[None]]
type Connected = tuple[asyncio.StreamReader, asyncio.StreamWriter, "Said"]


class Said(layer.Layer):
    """Answers what it is told as the test says, and remembers it."""

    def __init__(self, context: Context, says: Says) -> None:
        super().__init__(context)
        self.says = says
        self.seen: list[str] = []

    def _handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        self.seen.append(event.data.decode() if isinstance(event, events.DataReceived) else type(event).__name__)
        if isinstance(event, events.DataReceived):
            yield from self.says(self, event)
        if isinstance(event, events.ConnectionClosed):
            yield commands.CloseConnection(self.context.client)

    def hook(self) -> NextLayerHook:
        undecided = NextLayer(self.context)
        undecided.layer = self
        return NextLayerHook(undecided)


class Asked:
    """A hook: `waits` until it is set, where it is given."""

    def __init__(self, waits: asyncio.Event | None = None) -> None:
        self.count = 0
        self._waits = waits

    async def next_layer(self, data: NextLayer) -> None:
        self.count += 1
        if self._waits is not None:
            await self._waits.wait()
        data.layer = None  # else the guard would have a word to say


@asynccontextmanager
async def connected(
    says: Says, addon: object
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter, Said]]:
    master = Master(Options())
    master.addons = GuardedAddons(master)
    master.addons.add(Proxyserver(), addon)
    mode = mode_specs.ProxyMode.parse("regular")
    made = asyncio.get_running_loop().create_future()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handler = PromptHandler(master, reader, writer, master.options, mode)
        handler.layer = said = Said(handler.layer.context, says)
        made.set_result(said)
        await handler.handle_client()

    with set_eager_task_factory():
        async with asyncio.timeout(30), await asyncio.start_server(accept, "127.0.0.1", 0) as server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            try:
                yield reader, writer, await made
            finally:
                writer.close()
                await writer.wait_closed()


def test_it_is_what_mitmproxy_makes_of_a_connection() -> None:
    install()
    assert mode_servers.ProxyConnectionHandler is PromptHandler


async def test_a_head_and_its_body_are_sent_together() -> None:
    sent = []

    def says(said: Said, event: events.Event) -> layer.CommandGenerator[None]:
        for piece in (b"head ", b"body ", b"end"):
            yield commands.SendData(said.context.client, piece)
        sent.append(asyncio.current_task())

    async with connected(says, Asked()) as (reader, writer, _said):
        writer.write(b"x")
        assert await reader.readexactly(13) == b"head body end"


async def test_what_was_said_before_the_end_is_sent() -> None:
    def says(said: Said, _event: events.Event) -> layer.CommandGenerator[None]:
        yield commands.SendData(said.context.client, b"last words")
        yield commands.CloseConnection(said.context.client)

    async with connected(says, Asked()) as (reader, writer, _said):
        writer.write(b"x")
        assert await reader.read() == b"last words"


async def test_hooks_that_are_done_at_once_are_answered_in_order_and_in_the_same_turn() -> None:
    turns = []

    def says(said: Said, _event: events.Event) -> layer.CommandGenerator[None]:
        asyncio.get_running_loop().call_soon(turns.append, "next turn")
        for number in range(3):
            yield said.hook()
            turns.append(number)
            yield commands.SendData(said.context.client, str(number).encode())

    addon = Asked()
    async with connected(says, addon) as (reader, writer, said):
        writer.write(b"x")
        assert await reader.readexactly(3) == b"012"
        assert turns == [0, 1, 2, "next turn"]
        assert addon.count == 3
        assert said.seen[:2] == ["Start", "x"]


async def test_what_comes_while_a_hook_waits_is_handled_after_it() -> None:
    gate = asyncio.Event()

    def says(said: Said, event: events.Event) -> layer.CommandGenerator[None]:
        assert isinstance(event, events.DataReceived)
        if event.data == b"1":
            yield commands.SendData(said.context.client, b"wait ")
            yield said.hook()
        yield commands.SendData(said.context.client, event.data)

    async with connected(says, Asked(gate)) as (reader, writer, _said):
        writer.write(b"1")
        assert await reader.readexactly(5) == b"wait "  # at once, not when the hook is done
        writer.write(b"2")
        gate.set()
        assert await reader.readexactly(2) == b"12"


async def test_others_have_their_turn_before_a_thousand_hooks_are_done() -> None:
    order = []

    def says(said: Said, _event: events.Event) -> layer.CommandGenerator[None]:
        asyncio.get_running_loop().call_soon(order.append, "other")
        for number in range(AT_ONCE * 3):
            yield said.hook()
            order.append(str(number))
        yield commands.SendData(said.context.client, b"done")

    async with connected(says, Asked()) as (reader, writer, _said):
        writer.write(b"x")
        assert await reader.readexactly(4) == b"done"
    numbers = [each for each in order if each != "other"]
    assert numbers == [str(number) for number in range(AT_ONCE * 3)]
    assert order.index("other") <= AT_ONCE


async def test_a_layer_that_crashes_has_said_what_it_said_and_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    def says(said: Said, event: events.Event) -> layer.CommandGenerator[None]:
        assert isinstance(event, events.DataReceived)
        yield commands.SendData(said.context.client, event.data)
        if event.data == b"1":
            raise ValueError

    async with connected(says, Asked()) as (reader, writer, _said):
        writer.write(b"1")
        assert await reader.readexactly(1) == b"1"
        writer.write(b"2")
        assert await reader.readexactly(1) == b"2"
    assert "crashed" in caplog.text
