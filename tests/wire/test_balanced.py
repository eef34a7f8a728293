import asyncio
import logging
import socket
import struct

import pytest
from facegate_addons.domain.networks import Network, network_of
from facegate_addons.wire import balanced
from facegate_addons.wire.balanced import NoHeader, told

BALANCERS: list[Network] = [network_of("10.0.0.0/30"), network_of("fd00::/64")]
AFTER = b"GET http://site/ HTTP/1.1\r\n\r\n"


def two(command: int, family: int, addresses: bytes) -> bytes:
    """A header of version 2."""
    return b"\r\n\r\n\0\r\nQUIT\n" + bytes([0x20 | command, family]) + struct.pack("!H", len(addresses)) + addresses


V4 = socket.inet_aton("203.0.113.7") + socket.inet_aton("10.0.0.9") + struct.pack("!HH", 4711, 8080)
V6 = socket.inet_pton(socket.AF_INET6, "2001:db8::7") * 2 + struct.pack("!HH", 4711, 8080)


def arrived(data: bytes, *, ended: bool = False) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    if ended:
        reader.feed_eof()
    return reader


@pytest.mark.parametrize(
    ("header", "client"),
    [
        (b"PROXY TCP4 203.0.113.7 10.0.0.9 4711 8080\r\n", ("203.0.113.7", 4711)),
        (b"PROXY TCP6 2001:db8::7 fd00::9 4711 8080\r\n", ("2001:db8::7", 4711)),
        (b"PROXY UNKNOWN\r\n", None),
        (two(1, 0x11, V4), ("203.0.113.7", 4711)),
        (two(1, 0x21, V6), ("2001:db8::7", 4711)),
        (two(1, 0x11, V4 + b"\x04\x00\x02ab"), ("203.0.113.7", 4711)),  # and something more about it
        (two(0, 0x00, b""), None),  # a balancer that looks whether we are there
        (two(1, 0x00, b""), None),
    ],
)
@pytest.mark.parametrize("peer", ["10.0.0.1", "::ffff:10.0.0.1", "fd00::1"])
async def test_a_balancer_tells_who_connected(header: bytes, client: tuple[str, int] | None, peer: str) -> None:
    reader = arrived(header + AFTER)
    assert await told(reader, peer, BALANCERS) == client
    assert await reader.read(len(AFTER)) == AFTER  # not a byte more was taken


@pytest.mark.parametrize("peer", ["10.0.0.4", "192.0.2.1", "::1", "fe80::1%eth0"])
async def test_nobody_else_is_asked(peer: str) -> None:
    header = b"PROXY TCP4 203.0.113.7 10.0.0.9 4711 8080\r\n"
    reader = arrived(header)
    assert await told(reader, peer, BALANCERS) is None
    assert await reader.read(len(header)) == header


@pytest.mark.parametrize(
    "data",
    [
        AFTER,
        b"PROXY TCP4 203.0.113.700 10.0.0.9 4711 8080\r\n",
        b"PROXY TCP4 203.0.113.7 10.0.0.9 4711 99999\r\n",
        b"PROXY TCP4 203.0.113.7 10.0.0.9\r\n",
        b"PROXY TCP4 203.0.113.7 10.0.0.9 4711 8080\n",
        b"PROXY \xff\r\n",
        b"PROXY TCP4 " + b"1" * 100_000 + b"\r\n",
        two(1, 0x11, V4[:5]),
        two(5, 0x11, V4),
        two(1, 0x11, V4).replace(b"QUIT", b"EXIT"),
        two(1, 0x11, V4)[:20],
    ],
)
async def test_a_balancer_without_a_header_is_hung_up_on(data: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(NoHeader):
        await told(arrived(data, ended=True), "10.0.0.1", BALANCERS)
    assert caplog.messages == ["a connection from 10.0.0.1 had no PROXY header in front"]


async def test_a_port_that_is_only_tried_is_not_told_of(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(NoHeader):
        await told(arrived(b"", ended=True), "10.0.0.1", BALANCERS)
    assert not caplog.messages


async def test_a_header_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(balanced, "HEADER_SECONDS", 0.01)
    with pytest.raises(NoHeader):
        await told(arrived(b"PROXY TCP4 "), "10.0.0.1", BALANCERS)
