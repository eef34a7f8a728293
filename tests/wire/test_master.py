"""A real Master on a real port, with no chain behind it: then nobody gets anywhere."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from facegate import ca
from facegate_addons.wire.master import FixedOptions, Gateway, WireSettings
from mitmproxy import ctx, http
from mitmproxy.connection import Client
from mitmproxy.exceptions import OptionsError


@pytest.fixture
def handlers() -> Iterator[None]:
    """A Master hangs itself into the root logger; give that back as it was."""
    root = logging.getLogger()
    level, before = root.level, list(root.handlers)
    yield
    root.setLevel(level)
    root.handlers[:] = before


@pytest.fixture
async def gateway(tmp_path: Path, handlers: None) -> AsyncIterator[Gateway]:
    ca.prepare(tmp_path)
    gateway = Gateway(WireSettings("127.0.0.1", 0, tmp_path, 1 << 20))
    gateway.add([])
    running = asyncio.create_task(gateway.run())
    yield gateway
    await gateway.close_port()
    gateway.stop()
    async with asyncio.timeout(10):
        await running


async def port_of(gateway: Gateway) -> int:
    async with asyncio.timeout(10):
        assert await gateway.listening()
    return int(gateway._server.listen_addrs()[0][1])


async def test_it_listens_refuses_and_closes_its_port(gateway: Gateway) -> None:
    port = await port_of(gateway)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while not gateway.connected:  # noqa: ASYNC110 - asyncio tells of no accepted connection
        await asyncio.sleep(0.01)
    writer.write(b"GET http://origin.example/ HTTP/1.1\r\nHost: origin.example\r\nConnection: close\r\n\r\n")
    async with asyncio.timeout(10):
        reply = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert reply.startswith(b"HTTP/1.1 502 ")
    assert b'"reason": "internal"' in reply
    assert gateway.unsent == gateway.connected == 0
    await gateway.close_port()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_a_client_that_goes_while_a_hook_waits_has_ended_when_it_goes_on(gateway: Gateway) -> None:
    """By this `Deadline` knows that it has nothing more to wait for."""
    waits, gone, ended = asyncio.Event(), asyncio.Event(), asyncio.Queue[float | None]()

    class Waiting:
        async def http_connect(self, flow: http.HTTPFlow) -> None:
            waits.set()
            await gone.wait()
            ended.put_nowait(flow.client_conn.timestamp_end)

        def client_disconnected(self, client: Client) -> None:
            gone.set()

    gateway._master.addons.add(Waiting())
    port = await port_of(gateway)
    _reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"CONNECT origin.example:443 HTTP/1.1\r\nHost: origin.example:443\r\n\r\n")
    async with asyncio.timeout(10):
        await waits.wait()
        writer.transport.abort()
        assert await ended.get() is not None


async def test_options_that_would_let_bytes_pass_cannot_be_set(gateway: Gateway) -> None:
    await port_of(gateway)
    for name, value in (
        ("stream_large_bodies", "1m"),
        ("ignore_hosts", ["example"]),
        ("allow_hosts", ["example"]),
        ("tcp_hosts", ["example"]),
        ("rawtcp", True),
        ("websocket", True),
        ("ssl_insecure", True),
        ("validate_inbound_headers", False),
    ):
        with pytest.raises(OptionsError, match=f"{name} has to stay"):
            ctx.options.update(**{name: value})
        assert getattr(ctx.options, name) == dict(FixedOptions._FIXED)[name]  # rolled back
