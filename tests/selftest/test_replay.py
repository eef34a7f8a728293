"""Through a proxy that minds nothing each case gets past: what is said of a gate that holds is said by a test that can
fail, case by case."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
from facegate.selftest import canary
from facegate.selftest.cases import cases, windows
from facegate.selftest.replay import Origin, replay

PICTURE = canary.jpeg()


async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while more := await reader.read(65536):
            writer.write(more)
            await writer.drain()
    writer.close()


@contextlib.asynccontextmanager
async def careless(answer: bytes = b"") -> AsyncIterator[int]:
    """A proxy that hands on whatever comes, unless it has an `answer` of its own. Its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if answer:
            writer.write(answer)
            writer.close()
            return
        method, target = head.split(b" ", 2)[:2]
        at = urlsplit(target if method != b"CONNECT" else b"//" + target)
        there, to_there = await asyncio.open_connection(at.hostname.decode(), at.port)  # type: ignore[union-attr]
        if method == b"CONNECT":
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
        else:
            head = head.replace(target, at.path, 1)
        to_there.write(head)
        await pipe(there, writer)
        to_there.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def test_a_careless_proxy_fails_each_case() -> None:
    async with careless() as port:
        results = await replay("127.0.0.1", port, PICTURE)
    assert [result.case.name for result in results if bool(result.wrong) == result.case.passes] == []


async def test_a_proxy_that_refuses_everything_does_not_hold() -> None:
    async with careless(b"HTTP/1.1 451 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") as port:
        results = await replay("127.0.0.1", port, PICTURE)
    assert {result.wrong for result in results if result.case.passes} == {"an ordinary page was not let through (451)"}
    assert not any(result.wrong for result in results if not result.case.passes)


async def test_a_port_where_nobody_listens_is_an_error() -> None:
    async with careless() as port:
        pass
    with pytest.raises(OSError, match="Connect call failed"):
        await replay("127.0.0.1", port, PICTURE)


async def test_one_that_never_answers_is_told_of_as_a_whole() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server, Origin(cases(PICTURE)) as origin:
        proxy = server.sockets[0].getsockname()[:2]
        results = await origin.asked_for(proxy, windows(PICTURE), lambda _case: "", 0.2)
    assert {result.wrong for result in results} == {
        "an ordinary page was not let through (no answer)",
        "there was no end of it in 0 s",
    }


async def test_a_tunnel_that_is_refused_is_not_waited_for() -> None:
    async def refusing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 407 No\r\nContent-Length: 2\r\n\r\nno")
        await reader.read()  # and keeps the connection
        writer.close()

    tunnel = [case for case in cases(PICTURE) if case.tunnel and case.passes]
    async with await asyncio.start_server(refusing, "127.0.0.1", 0) as server, Origin(tunnel) as origin:
        (result,) = await origin.asked_for(server.sockets[0].getsockname()[:2], (), lambda _case: "")
    assert result.wrong == "an ordinary page was not let through (407)"


async def test_a_page_is_asked_for_again_and_a_picture_is_not() -> None:
    chosen = [case for case in cases(PICTURE)[:4] if not case.tunnel]
    asked = Counter[int]()

    async def busy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = int((await reader.readuntil(b" HTTP")).removesuffix(b" HTTP").rpartition(b"/")[2])
        asked[number] += 1
        writer.write(chosen[number].reply if asked[number] == 3 else b"HTTP/1.1 503 Busy\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(busy, "127.0.0.1", 0) as server, Origin(chosen) as origin:
        results = await origin.asked_for(server.sockets[0].getsockname()[:2], windows(PICTURE), lambda _case: "")
    assert [result.wrong for result in results] == ["", "", ""]
    assert asked == {0: 3, 1: 3, 2: 1}
