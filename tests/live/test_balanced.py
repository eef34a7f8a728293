"""Two gateways behind HAProxy: who connected is known, whatever it passes through, and one gateway may go."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from live.balancer import Balancer, checked
from live.client import get, raw, read_all
from live.desk import Desk
from live.gateways import Gateway
from live.origin import Origin
from live.plays import answer
from live.processes import eventually
from live.withheld import assert_quiet, assert_withheld, parse

pytestmark = pytest.mark.haproxy

CONFIG = """
[listen]
proxy_protocol = ["127.0.0.1/32"]
[egress]
private = true
[identity]
required = true
longest_delay = "0s"
sources = { "127.0.0.2" = "placed", "203.0.113.0/24" = "placed" }
"""


@pytest.fixture(scope="module")
def gateways(start_gateway: Callable[..., Gateway], face_jpeg: bytes) -> Iterator[tuple[Gateway, Gateway]]:
    with start_gateway(CONFIG, console=True) as one, start_gateway(CONFIG, console=True) as other:
        for gateway in (one, other):
            desk = Desk(gateway)
            try:
                desk.register("placed")
            finally:
                desk.close()
        yield one, other
    for gateway in (one, other):
        assert_quiet(gateway.stderr(), face_jpeg)


@pytest.fixture(scope="module")
def balancer(
    haproxy: str, gateways: tuple[Gateway, Gateway], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Balancer]:
    with Balancer(haproxy, tmp_path_factory.mktemp("haproxy"), gateways) as balancer:
        yield balancer


def through(proxy: str, address: str, data: bytes) -> bytes:
    """Sent from another address of this machine; "" while nobody is there to answer."""
    parts = urlsplit(proxy)
    with socket.create_connection((parts.hostname, parts.port), 20, (address, 0)) as sock:
        sock.sendall(data)
        return read_all(sock)


def lines_of(gateway: Gateway, job: str) -> int:
    files = (gateway.home / "ledger").glob("gateway-*")
    lines = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    return sum(line.get("entry", line).get("job") == job for line in lines)


def test_haproxy_takes_the_shipped_file(haproxy: str) -> None:
    assert checked(haproxy) == ""


def test_the_client_behind_it_is_known(
    balancer: Balancer, gateways: tuple[Gateway, Gateway], origin: Origin, face_jpeg: bytes
) -> None:
    page, face = origin.route("/page", answer(b"<p>hello")), origin.route("/face", answer(face_jpeg, "image/jpeg"))
    eventually(lambda: b"200 OK" in through(balancer.proxy, "127.0.0.2", get(page)), 30, "the job is known")
    until = time.monotonic() + 30
    while not all(lines_of(gateway, "placed") for gateway in gateways):  # it gives both their share
        through(balancer.proxy, "127.0.0.2", get(page))
        assert time.monotonic() < until, "one gateway got nothing"
    reply = assert_withheld(through(balancer.proxy, "127.0.0.2", get(face)), face_jpeg, 451)
    assert reply.problem["job"] == "placed"
    assert_withheld(through(balancer.proxy, "127.0.0.4", get(face)), face_jpeg, 407)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"PROXY TCP4 203.0.113.7 10.0.0.9 4711\r\n",
        b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x04abcd",
    ],
)
def test_a_balancer_that_does_not_tell_gets_nothing(
    gateways: tuple[Gateway, Gateway], origin: Origin, face_jpeg: bytes, said: bytes
) -> None:
    url = origin.route("/face", answer(face_jpeg, "image/jpeg"))
    assert raw(gateways[0].proxy, said + get(url)) == b""


def test_the_header_is_read_from_a_balancer_and_from_nobody_else(
    gateways: tuple[Gateway, Gateway], origin: Origin, face_jpeg: bytes
) -> None:
    url = origin.route("/face", answer(face_jpeg, "image/jpeg"))
    header = b"PROXY TCP4 203.0.113.7 10.0.0.9 4711 8080\r\n"
    assert assert_withheld(raw(gateways[0].proxy, header + get(url)), face_jpeg, 451).problem["job"] == "placed"
    forged = through(gateways[0].proxy, "127.0.0.4", header + get(url))
    assert face_jpeg not in forged
    assert parse(forged).status == 400


def test_one_of_them_may_go(
    haproxy: str, start_gateway: Callable[..., Gateway], tmp_path: Path, origin: Origin
) -> None:
    page = origin.route("/page", answer(b"<p>hello"))
    config = CONFIG.replace("required = true", "required = false")
    with (
        start_gateway(config, console=True) as one,
        start_gateway(config, console=True) as other,
        Balancer(haproxy, tmp_path, (one, other)) as balancer,
    ):
        ask = lambda: b"200 OK" in through(balancer.proxy, "127.0.0.4", get(page))  # noqa: E731
        eventually(ask, 30, "an answer")
        one.terminate()
        eventually(ask, 30, "an answer by the other one")
        eventually(lambda: "gateway-1 is DOWN" in balancer.said(), 30, "HAProxy noticed")
        assert all(ask() for _ in range(10))
