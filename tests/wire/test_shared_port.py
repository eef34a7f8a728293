"""Two instances in one process stand for two processes: the kernel shares the port in the same way."""

import asyncio
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from facegate_addons.wire.balanced import Balancers
from facegate_addons.wire.inherited import OPTION, Inherited
from facegate_addons.wire.shared_port import AT_ONCE, FacegateInstance, FacegateMode, connected, unsent
from mitmproxy.proxy import layers, mode_specs
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.mode_servers import ServerInstance
from mitmproxy.test import taddons


def talker(mode: FacegateMode, data: bytes = b"hello") -> FacegateInstance:
    """Sends `data` to whoever connects, then gives the connection up without waiting, as mitmproxy does."""

    async def handle_stream(_reader: Any, writer: Any) -> None:
        writer.write(data)
        writer.close()

    instance = FacegateInstance(mode, None)
    vars(instance)["handle_stream"] = handle_stream  # each mode may have but one class, so no subclass
    return instance


@pytest.fixture
def mode() -> Iterator[FacegateMode]:
    with taddons.context(Balancers()):  # mitmproxy's servers ask its options
        yield _mode()


def _mode() -> FacegateMode:
    spec = mode_specs.ProxyMode.parse(FacegateMode.type_name)
    assert isinstance(spec, FacegateMode)
    return spec


def test_mitmproxy_finds_the_mode_and_takes_it_for_a_regular_one(mode: FacegateMode, context: Context) -> None:
    assert isinstance(mode, mode_specs.RegularMode)
    instance = ServerInstance.make(mode, None)
    assert isinstance(instance, FacegateInstance)
    assert isinstance(instance.make_top_layer(context), layers.modes.HttpProxy)


async def read(port: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    data = await reader.read()
    writer.close()
    await writer.wait_closed()
    return data


async def test_many_wait_and_few_are_accepted_in_one_turn(mode: FacegateMode) -> None:
    accepted: list[int] = []
    instance = FacegateInstance(mode, None)

    async def handle_stream(_reader: Any, _writer: Any) -> None:
        accepted.append(0)

    vars(instance)["handle_stream"] = handle_stream
    (server,) = await instance.listen("127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    clients = [socket.create_connection(address, timeout=20) for _ in range(5 * AT_ONCE)]
    async with asyncio.timeout(20):
        while len(accepted) < len(clients):
            before = len(accepted)
            await asyncio.sleep(0)
            assert len(accepted) - before <= AT_ONCE
    for client in clients:
        client.close()
    server.close()


async def test_two_listen_on_one_port(mode: FacegateMode) -> None:
    (first,) = await talker(mode).listen("127.0.0.1", 0)
    port = first.sockets[0].getsockname()[1]
    (second,) = await talker(mode).listen("127.0.0.1", port)
    async with first, second:
        assert await read(port) == b"hello"
        first.close()
        assert [await read(port) for _ in range(4)] == [b"hello"] * 4  # the other one takes what comes


async def test_a_connection_ends_with_its_handler(mode: FacegateMode) -> None:
    async def handle_stream(_reader: Any, _writer: Any) -> None:
        """Forgets to close, as mitmproxy does where a connection is closed while its bytes wait for a hook."""

    instance = FacegateInstance(mode, None)
    vars(instance)["handle_stream"] = handle_stream
    (server,) = await instance.listen("127.0.0.1", 0)
    async with server, asyncio.timeout(5):
        assert await read(server.sockets[0].getsockname()[1]) == b""


async def test_what_clients_have_not_read_is_known_after_the_connection_was_given_up(mode: FacegateMode) -> None:
    data = b"x" * (16 << 20)  # more than the sockets take
    (server,) = await talker(mode, data).listen("127.0.0.1", 0)
    async with server:
        before, others = unsent(), connected()
        reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
        await reader.readexactly(1)
        assert unsent() > before
        assert connected() == others  # it was given up: what is left is to be sent
        assert len(await reader.read()) == len(data) - 1
        assert unsent() == before
        writer.close()
        await writer.wait_closed()


async def test_connections_that_wait_outlive_the_process_that_was_to_accept_them() -> None:
    with socket.create_server(("127.0.0.1", 0)) as kept, taddons.context(Balancers(), Inherited()) as context:
        port = kept.getsockname()[1]

        async def listen() -> FacegateInstance:
            context.options.update(**{OPTION: [str(os.dup(kept.fileno()))]})
            instance = talker(_mode())
            await instance.start()
            return instance

        first = await listen()
        assert await read(port) == b"hello"
        await first.stop()
        waiting = asyncio.create_task(read(port))
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        second = await listen()
        assert await waiting == await reader.read() == b"hello"
        writer.close()
        await second.stop()


async def test_what_was_accepted_when_the_port_closes_is_answered(mode: FacegateMode) -> None:
    with socket.create_server(("127.0.0.1", 0)) as kept, taddons.context(Balancers(), Inherited()) as context:
        context.options.update(**{OPTION: [str(os.dup(kept.fileno()))]})
        instance = talker(mode)
        await instance.start()
        (server,) = instance._servers
        with socket.create_connection(kept.getsockname()[:2], timeout=5) as client:
            kept.setblocking(False)
            loop: Any = asyncio.get_running_loop()
            loop._accept_connection(server._protocol_factory, kept, server=server)  # in the round of the stop
            await instance.stop()
            assert await asyncio.to_thread(client.recv, 5) == b"hello"
