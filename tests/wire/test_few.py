import asyncio
import os
import selectors
import socket
import sys

import pytest
from facegate_addons.wire import few
from facegate_addons.wire.few import AT_ONCE, is_own, selector

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only the kernel of Linux tells of sockets in turns")


def tcp_pair() -> tuple[socket.socket, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        one = socket.create_connection(server.getsockname())
        other, _ = server.accept()
    return one, other


def test_own_sockets_are_those_of_this_machine() -> None:
    pipe = os.pipe()
    pairs = [socket.socketpair(), tcp_pair()]
    assert [is_own(one.fileno()) for one, _ in pairs] == [True, False]
    assert not is_own(pipe[0])
    assert all(one.fileno() >= 0 for one, _ in pairs)  # still open
    for one, other in pairs:
        one.close()
        other.close()
    for end in pipe:
        os.close(end)


def test_own_sockets_come_first_and_strangers_in_turns() -> None:
    chosen = selector()
    strangers = [tcp_pair() for _ in range(3 * AT_ONCE)]
    worker = socket.socketpair()
    for one, other in [*strangers, worker]:
        chosen.register(one, selectors.EVENT_READ)
        other.send(b"x")
    seen = set()
    for _ in range(6):
        found = [key.fileobj for key, events in chosen.select(5) if events == selectors.EVENT_READ]
        assert found[0] is worker[0]
        assert len(found) <= 1 + AT_ONCE
        seen |= set(found[1:])
    assert seen == {one for one, _ in strangers}
    chosen.modify(worker[0], selectors.EVENT_READ | selectors.EVENT_WRITE)
    assert chosen.select(5)[0][1] == selectors.EVENT_READ | selectors.EVENT_WRITE
    for one, other in [*strangers, worker]:
        chosen.unregister(one)
        one.close()
        other.close()
    assert chosen.select(0) == []
    chosen.close()


def test_a_loop_runs_on_it() -> None:
    async def talked() -> bytes:
        async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(await asyncio.to_thread(bytes, await reader.readexactly(5)))
            writer.close()

        async with await asyncio.start_server(echo, "127.0.0.1", 0) as server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"hello")
            said = await reader.read()
            writer.close()
            return said

    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selector())) as runner:
        assert runner.run(talked()) == b"hello"


def test_another_systems_selector_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(few.selectors, "DefaultSelector", selectors.SelectSelector)
    chosen = selector()
    assert type(chosen) is selectors.SelectSelector
    chosen.close()
