"""Rows on tunnels: TLS and HTTP speak inside, everything else is closed before a byte reaches the other side."""

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from live.authority import Authority
from live.client import ConnectRefused, get, raw, raw_tls, read_all, tunnel
from live.gateways import Gateway
from live.origin import Origin
from live.plays import answer
from live.withheld import assert_withheld, assert_without, parse

TEXT = b"<p>ordinary</p>" * 100
DNS_QUERY = bytes.fromhex("001d1a2b01000001000000000000076578616d706c6503636f6d0000010001")


class Greeter:
    """A server that speaks first, whatever it hears, and remembers what it heard."""

    def __init__(self, greeting: bytes, address: tuple[str, int] = ("127.0.0.1", 0)) -> None:
        self.heard = b""
        self.connections = 0
        self._greeting = greeting
        self._server = socket.create_server(address)
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                sock, _ = self._server.accept()
            except OSError:
                return
            self.connections += 1
            with sock:
                try:
                    sock.sendall(self._greeting)
                    while more := sock.recv(65536):
                        self.heard += more
                        sock.sendall(self._greeting)
                except OSError:
                    continue

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()


@pytest.fixture
def greeter(face_jpeg: bytes) -> Iterator[Greeter]:
    greeter = Greeter(b"SSH-2.0-OpenSSH_9.9\r\n" + face_jpeg)
    yield greeter
    greeter.close()


SAID = {
    "ssh": b"SSH-2.0-client\r\n",
    "binary": bytes(range(256)),
    "zeros": bytes(64),
    "dns over tcp": DNS_QUERY,
    "smtp": b"EHLO client\r\n",
    "almost tls": b"\x16\x03\x01\x00\x05hello",
    "quic": b"\xc3\x00\x00\x00\x01" + bytes(1200),
    "http/2 without tls": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "lower-case method": b"get / http/1.1\r\n\r\n",
    "http/0.9": b"GET /\r\n",
    "rtsp": b"OPTIONS rtsp://x RTSP/1.0\r\n\r\n",
}


@pytest.mark.parametrize("what", SAID)
def test_another_protocol_is_not_relayed(gateway: Gateway, greeter: Greeter, face_jpeg: bytes, what: str) -> None:
    with tunnel(gateway.proxy, "127.0.0.1", greeter.port) as sock:
        sock.sendall(SAID[what])
        sock.shutdown(socket.SHUT_WR)
        assert_without(read_all(sock), face_jpeg)
    assert not greeter.heard or greeter.heard.startswith(b"GET / HTTP/1.1\r\n")  # read as HTTP, and sent as HTTP


def test_a_server_that_speaks_first_is_not_heard(gateway: Gateway, greeter: Greeter, face_jpeg: bytes) -> None:
    with tunnel(gateway.proxy, "127.0.0.1", greeter.port) as sock:
        sock.shutdown(socket.SHUT_WR)
        assert read_all(sock) == b""
    assert greeter.connections == 0  # nothing connects before a request was let out


@pytest.mark.parametrize("what", ["dns over tcp", "binary"])
def test_the_ports_of_dns_are_no_way_out(gateway: Gateway, face_jpeg: bytes, what: str) -> None:
    with pytest.raises(ConnectRefused, match="403") as refused:
        tunnel(gateway.proxy, "127.0.0.1", 53)
    assert assert_withheld(refused.value.reply, face_jpeg, 403).problem["reason"] == "port-refused"
    pid = os.getpid()  # an address of this run's own: who else uses the port is on another one
    host = f"127.{100 + pid % 100}.{pid // 100 % 256}.{pid // 25600 % 254 + 1}"
    greeter = Greeter(face_jpeg, (host, 5353))
    try:
        with tunnel(gateway.proxy, host, 5353) as sock:
            sock.sendall(SAID[what])
            sock.shutdown(socket.SHUT_WR)
            assert_without(read_all(sock), face_jpeg)
        assert greeter.heard == b""
    finally:
        greeter.close()


def test_plain_http_in_a_tunnel_is_looked_at(gateway: Gateway, origin: Origin, face_jpeg: bytes) -> None:
    origin.route("/face", answer(face_jpeg))
    origin.route("/text", answer(TEXT))
    for path, status in (("/face", 451), ("/text", 200)):
        with tunnel(gateway.proxy, "127.0.0.1", origin.port) as sock:
            sock.sendall(get(path))
            reply = read_all(sock)
            assert_without(reply, face_jpeg)
            assert parse(reply).status == status


def test_no_tunnel_in_a_tunnel(gateway: Gateway, tls_origin: Origin, greeter: Greeter, face_jpeg: bytes) -> None:
    where = f"127.0.0.1:{greeter.port}"
    request = f"CONNECT {where} HTTP/1.1\r\nHost: {where}\r\nConnection: close\r\n\r\n".encode()
    assert_without(raw_tls(gateway.proxy, gateway.ca, tls_origin.url(""), request), face_jpeg)
    assert greeter.connections == 0


def test_tls_that_is_none(gateway: Gateway, greeter: Greeter, face_jpeg: bytes) -> None:
    """The origin speaks another protocol where TLS is expected."""
    url = f"https://127.0.0.1:{greeter.port}/"
    assert_withheld(raw_tls(gateway.proxy, gateway.ca, url, get("/")), face_jpeg, 502)


def test_an_origin_nobody_vouches_for(gateway: Gateway, face_jpeg: bytes, tmp_path: Path) -> None:
    stranger = Authority(tmp_path)
    with Origin(stranger.server()) as origin:
        url = origin.route("/text", answer(face_jpeg))
        assert_withheld(raw_tls(gateway.proxy, gateway.ca, url, get("/text")), face_jpeg, 502)
        assert not origin.requests


TARGETS = ["", "*", "host", "127.0.0.1:0", "127.0.0.1:99999", "127.0.0.1:-1", "[::1:80", ":80"]


@pytest.mark.parametrize("target", TARGETS)
def test_targets_that_are_none(gateway: Gateway, origin: Origin, face_jpeg: bytes, target: str) -> None:
    reply = raw(gateway.proxy, f"CONNECT {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode(), 5.0)
    assert_without(reply, face_jpeg)
    assert parse(reply).status in (400, 403, 502)
    assert parse(raw(gateway.proxy, get(origin.route("/text", answer(TEXT))))).body == TEXT
