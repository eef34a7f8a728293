"""Rows on addresses: private, loopback and metadata addresses in every spelling, the gateway itself, and rebinding."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from facegate_addons.domain.addresses import Egress
from facegate_addons.domain.reasons import Reason
from facegate_addons.wire.resolver import GuardedLoop
from live.client import ConnectRefused, get, raw, tunnel
from live.gateways import Gateway
from live.origin import Origin
from live.plays import answer
from live.withheld import assert_quiet, assert_withheld, parse

TEXT = b"<p>ordinary</p>" * 100


@pytest.fixture(scope="module")
def outward(start_gateway: Callable[..., Gateway], face_jpeg: bytes) -> Iterator[Gateway]:
    """A gateway that leads to public addresses only."""
    with start_gateway("[egress]\nprivate = false", console=True) as gateway:
        yield gateway
    assert_quiet(gateway.stderr(), face_jpeg)


LOOPBACK = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "017700000001",
    "0177.0.0.1",
    "00000177.0.0.01",
    "127.0.0.1.",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "0.0.0.0",
    "0",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[2002:7f00:1::]",
    "[64:ff9b::7f00:1]",
    "[::127.0.0.1]",
    "[::1%25lo]",
    "127%2e0%2e0%2e1",
    "%31%32%37.0.0.1",
    "127。0。0。1",
    "①②⑦.0.0.1",
]
NEVER = [
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "169.254.43518",
    "[::ffff:169.254.169.254]",
    "[2002:a9fe:a9fe::]",
    "[64:ff9b::a9fe:a9fe]",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "100.100.100.200",
    "255.255.255.255",
    "224.0.0.1",
]
PRIVATE = ["10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "[fc00::1]", "198.18.0.1", "192.0.2.1", "3232235777"]


@pytest.mark.parametrize("host", [*LOOPBACK, *NEVER, *PRIVATE])
def test_not_reached(outward: Gateway, origin: Origin, face_jpeg: bytes, host: str) -> None:
    origin.route("/x", answer(TEXT))
    where = f"{host}:{origin.port}"
    request = f"GET http://{where}/x HTTP/1.1\r\nHost: {where}\r\nConnection: close\r\n\r\n"
    reply = raw(outward.proxy, request.encode())
    assert parse(reply).status in (400, 403, 502)
    with pytest.raises(ConnectRefused) as refused:
        tunnel(outward.proxy, host.encode().decode("latin-1"), origin.port)
    assert parse(refused.value.reply).status in (400, 403, 502)
    assert not origin.requests
    if host in ("127.0.0.1", "2130706433", "localhost", "169.254.169.254", "10.0.0.1"):
        assert assert_withheld(reply, face_jpeg, 403).problem["reason"] == "address-refused"


@pytest.mark.parametrize("host", NEVER)
def test_never_reached(gateway: Gateway, face_jpeg: bytes, host: str) -> None:
    """Not even where private addresses may be."""
    reply = raw(gateway.proxy, f"GET http://{host}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert assert_withheld(reply, face_jpeg, 403).problem["reason"] == "address-refused"


@pytest.mark.parametrize("which", ["proxy", "console"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433"])
def test_the_gateway_itself(gateway: Gateway, outward: Gateway, face_jpeg: bytes, which: str, host: str) -> None:
    for gate in (gateway, outward):
        port = urlsplit(getattr(gate, which)).port
        assert_withheld(raw(gate.proxy, get(f"http://{host}:{port}/healthz")), face_jpeg, 403)
        with pytest.raises(ConnectRefused, match="403"):
            tunnel(gate.proxy, host, port)


def test_the_gateway_by_the_machines_other_addresses(gateway: Gateway, face_jpeg: bytes) -> None:
    own = {str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for host in own:
        for address in (gateway.proxy, gateway.console):
            url = f"http://{host}:{urlsplit(address).port}/healthz"
            assert_withheld(raw(gateway.proxy, get(url)), face_jpeg, 403)


class Rebinding(asyncio.SelectorEventLoop):
    """A resolver whose answer changes with each question."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[str] = []
        self.asked = 0

    async def getaddrinfo(self, host: Any, port: Any, **_how: Any) -> list[Any]:
        address = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port))]


class GuardedRebinding(GuardedLoop, Rebinding):
    """The gate's loop, and behind it that resolver in place of the system's."""


def test_a_name_that_changes_its_address(origin: Origin) -> None:
    """The judgement and the connection see one answer; a later connection's answer is judged again."""

    async def run(loop: GuardedRebinding) -> None:
        loop.egress = Egress(private=False, ports=[range(1, 65536)])
        loop.answers = ["93.184.215.14", "127.0.0.1"]
        assert await loop.judge("rebinding.example", origin.port) is None
        found = await loop.getaddrinfo("rebinding.example", origin.port, type=socket.SOCK_STREAM)
        assert [info[4][0] for info in found] == ["93.184.215.14"]
        assert loop.asked == 1
        loop._known.clear()  # what five seconds do
        with pytest.raises(OSError, match="no address"):
            await asyncio.open_connection("rebinding.example", origin.port)
        assert await loop.judge("rebinding.example", origin.port) is Reason.ADDRESS_REFUSED

    with asyncio.Runner(loop_factory=GuardedRebinding) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, GuardedRebinding)
        runner.run(run(loop))
    assert not origin.requests


def test_a_name_with_a_good_and_a_bad_address(origin: Origin) -> None:
    async def run(loop: GuardedRebinding) -> None:
        loop.egress = Egress(private=False, ports=[range(1, 65536)])
        loop.answers = ["127.0.0.1"]
        with pytest.raises(OSError, match="no address"):
            await asyncio.open_connection("x.example", origin.port)

    with asyncio.Runner(loop_factory=GuardedRebinding) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, GuardedRebinding)
        runner.run(run(loop))
