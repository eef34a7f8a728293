"""Through a proxy that minds nothing each case gets past: what is said of a gate that holds can fail, case by case."""

import asyncio
import contextlib
import ipaddress
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from facegate.selftest import canary, http2
from facegate.selftest.cases import CARELESS, windows
from facegate.selftest.http2 import Http2Origin
from facegate.selftest.replay import HOST

PICTURE = canary.oversized()
CASES = http2.cases(PICTURE)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return http2.certificate_in(tmp_path_factory.mktemp("origin"))


async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while more := await reader.read(65536):
            writer.write(more)
    writer.close()


@contextlib.asynccontextmanager
async def proxy(answer: bytes = b"") -> AsyncIterator[tuple[str, int]]:
    """It opens every tunnel, or gives its `answer`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if answer:
            writer.write(answer)
            writer.close()
            return
        host, _, port = head.split(b" ", 2)[1].decode().rpartition(":")
        there, to_there = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await asyncio.gather(pipe(there, writer), pipe(reader, to_there))

    async with await asyncio.start_server(serve, HOST, 0) as server:
        yield server.sockets[0].getsockname()[:2]


async def test_a_careless_proxy_fails_each_case(certificate: Path) -> None:
    async with proxy() as at, Http2Origin(CASES, certificate) as origin:
        results = await origin.asked_for(at, windows(PICTURE), lambda _case: "", 30)
    theirs = [result for result in results if CARELESS not in result.case.fields]  # what the origin does
    assert [result.case.name for result in theirs if bool(result.wrong) == result.case.passes] == []
    assert {result.status for result in results} == {200, 204, 0}


async def test_a_proxy_that_opens_no_tunnel_does_not_hold(certificate: Path) -> None:
    async with proxy(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n") as at, Http2Origin(CASES, certificate) as origin:
        results = await origin.asked_for(at, windows(PICTURE), lambda _case: "a:b", 30)
    assert [result.wrong for result in results if result.wrong] == ["an ordinary page was not let through (407)"]


async def test_one_that_never_answers_is_told_of(certificate: Path) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await reader.read()
        writer.close()

    async with await asyncio.start_server(silent, HOST, 0) as server, Http2Origin(CASES[1:], certificate) as origin:
        results = await origin.asked_for(server.sockets[0].getsockname()[:2], (), lambda _case: "", 0.2)
    assert {result.wrong for result in results} == {"there was no end of it in 0 s"}


def test_the_certificate_is_for_loopback_and_a_day(certificate: Path) -> None:
    it = x509.load_pem_x509_certificate(certificate.read_bytes())
    names = it.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.IPAddress) == [ipaddress.ip_address(HOST)]
    assert it.not_valid_after_utc - it.not_valid_before_utc == timedelta(days=2)
