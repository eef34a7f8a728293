"""Through another proxy: one whose bytes a test chooses, and a second gateway."""

import base64
import json
import os
import select
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from live.client import ConnectRefused, connect, get, raw, raw_tls, read_all, tunnel
from live.gateways import Gateway
from live.origin import Exchange, Origin, read_request
from live.plays import answer, informational
from live.withheld import assert_quiet, assert_withheld, assert_without, parse

TEXT = b"<p>ordinary</p>" * 100
LOGIN = "Basic " + base64.b64encode(b"me:pass-word").decode()
REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"


class Proxy(Origin):
    """Answers requests in absolute form as an origin would, and CONNECT by opening a tunnel to where it leads."""

    def __init__(self) -> None:
        super().__init__()
        self.opens = True
        self.instead: bytes | None = None  # what it says to a CONNECT in place of opening a tunnel

    def _talk(self, sock: socket.socket) -> None:
        while (request := read_request(sock)) is not None:
            self.requests.append(request)
            if request.method == "CONNECT":
                if self.instead is not None:
                    sock.sendall(self.instead)
                    return
                relay(sock, request.target)
                return
            path = "/" + request.path.split("/", 3)[-1]
            play = self._routes.get(path, REFUSED)
            if callable(play):
                play(Exchange(request, sock, self._stopped))
                return
            sock.sendall(play)
            if b"content-length:" not in play.lower() or b"connection: close" in play.lower():
                return


def relay(sock: socket.socket, target: str) -> None:
    """Bytes there and back, until one side has enough."""
    host, _, port = target.rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), timeout=20) as there:
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        ends = {sock: there, there: sock}
        while True:
            readable, _, _ = select.select(list(ends), [], [], 20)
            if not readable:
                return
            for end in readable:
                data = end.recv(65536)
                if not data:
                    return
                ends[end].sendall(data)


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    with Proxy() as proxy:
        yield proxy


@pytest.fixture(autouse=True)
def anew(proxy: Proxy) -> None:
    proxy.requests.clear()
    proxy.instead = None


@pytest.fixture(scope="module")
def gateway(
    start_gateway: Callable[..., Gateway], proxy: Proxy, face_jpeg: bytes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    login = tmp_path_factory.mktemp("login") / "login"
    login.touch(mode=0o600)
    login.write_text("me:pass-word\n")
    mode = f'mode = "upstream:http://old:forgotten@127.0.0.1:{proxy.port}"\nupstream_auth = {{ file = "{login}" }}\n'
    with start_gateway("[listen]\n" + mode, console=True) as gateway:
        yield gateway
    log = gateway.stderr() + gateway.said + "".join(map(Path.read_text, (gateway.home / "ledger").glob("*.jsonl")))
    assert_quiet(log, face_jpeg)
    for word in ("pass-word", "forgotten", LOGIN):
        assert word not in log


def test_plain_requests_go_on_in_absolute_form(gateway: Gateway, proxy: Proxy, face_jpeg: bytes) -> None:
    proxy.route("/text", answer(TEXT))
    proxy.route("/face", answer(face_jpeg, "image/jpeg"))
    assert parse(raw(gateway.proxy, get("http://93.184.215.14/text"))).body == TEXT
    assert assert_withheld(raw(gateway.proxy, get("http://93.184.215.14/face")), face_jpeg, 451).headers
    assert [request.target for request in proxy.requests] == [
        "http://93.184.215.14/text",
        "http://93.184.215.14/face",
    ]
    assert {request.header("proxy-authorization") for request in proxy.requests} == {LOGIN}


def test_tls_goes_on_in_a_tunnel(gateway: Gateway, proxy: Proxy, tls_origin: Origin, face_jpeg: bytes) -> None:
    for path, play in (("/text", answer(TEXT)), ("/face", answer(face_jpeg, "image/jpeg"))):
        url = tls_origin.route(path, play)
        assert_without(reply := raw_tls(gateway.proxy, gateway.ca, url, get(path)), face_jpeg)
        assert parse(reply).status == (200 if path == "/text" else 451)
    assert [request.method for request in proxy.requests] == ["CONNECT", "CONNECT"]
    assert {request.header("proxy-authorization") for request in proxy.requests} == {LOGIN}
    assert not any(request.header("proxy-authorization") for request in tls_origin.requests)


def test_a_plain_request_in_a_tunnel_takes_no_credentials_along(gateway: Gateway, proxy: Proxy, origin: Origin) -> None:
    """Whatever its form: behind the tunnel is the origin."""
    origin.route("/text", answer(TEXT))
    url = origin.url("/text")
    for target in ("/text", url):
        with tunnel(gateway.proxy, "127.0.0.1", origin.port) as sock:
            sock.sendall(get(target))
            read_all(sock)
    assert origin.requests
    assert {request.method for request in proxy.requests} == {"CONNECT"}
    assert not any(request.header("proxy-authorization") for request in origin.requests)


def test_the_clients_own_credentials_are_the_gateways(gateway: Gateway, proxy: Proxy) -> None:
    theirs = "Proxy-Authorization: Basic " + base64.b64encode(b"nobody:x").decode()
    assert parse(raw(gateway.proxy, get("http://93.184.215.14/text", theirs))).status == 407
    assert not proxy.requests


ANSWERS = {
    "garbage": lambda face: face,
    "an endless head": lambda face: b"HTTP/1.1 200 OK\r\nX-Face: " + face.hex().encode() * 40,
    "a head in one piece": lambda face: b"HTTP/1.1 200 OK\r\nX-Face: " + b"a" * 90_000 + b"\r\n\r\n" + face,
    "another coding": lambda face: answer(face, headers=[("Content-Encoding", "rot13")]),
    "a part": lambda face: answer(face, status="206 Partial Content"),
    "its own 407": lambda face: answer(face, status="407 Proxy Authentication Required"),
    "its own 502 with a face": lambda face: answer(face, "image/jpeg", status="502 Bad Gateway"),
    "a switch of protocols": lambda face: b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + face,
    "nothing": lambda face: b"",
}


@pytest.mark.parametrize("what", ANSWERS)
def test_what_the_proxy_answers_is_an_origins_answer(
    gateway: Gateway, proxy: Proxy, face_jpeg: bytes, what: str
) -> None:
    def play(exchange: Exchange) -> None:
        exchange.send(ANSWERS[what](face_jpeg))

    proxy.route("/x", play)
    reply = assert_withheld(raw(gateway.proxy, get("http://93.184.215.14/x")), face_jpeg)
    assert reply.status != 407  # that one would make the crawler send its job's token anew


def test_interim_answers_are_passed_over(gateway: Gateway, proxy: Proxy, face_jpeg: bytes) -> None:
    hints = informational("103 Early Hints", [("X-Face", face_jpeg.hex()[:20_000])])
    proxy.route("/x", answer(TEXT, before=hints))
    assert parse(raw(gateway.proxy, get("http://93.184.215.14/x"))).body == TEXT


TUNNELS = {
    "refused": lambda face: answer(face, status="403 " + face[:200].hex()),
    "wants credentials": lambda face: answer(face, status="407 Proxy Authentication Required"),
    "garbage": lambda face: face,
    "an endless head": lambda face: b"HTTP/1.1 200 OK\r\nX-Face: " + face.hex().encode() * 40,
    "no tls behind it": lambda face: b"HTTP/1.1 200 OK\r\n\r\n" + face,
    "plain http behind it": lambda face: b"HTTP/1.1 200 OK\r\n\r\n" + answer(face),
    "interim": lambda face: b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n" + face,
    "nothing": lambda face: b"",
}


@pytest.mark.parametrize("what", TUNNELS)
def test_what_the_proxy_answers_to_a_connect(gateway: Gateway, proxy: Proxy, face_jpeg: bytes, what: str) -> None:
    proxy.instead = TUNNELS[what](face_jpeg)
    reply = raw_tls(gateway.proxy, gateway.ca, "https://127.0.0.1:4433/", get("/"))
    assert assert_withheld(reply, face_jpeg, 502).problem["reason"].startswith("origin-")
    with tunnel(gateway.proxy, "127.0.0.1", 4433) as sock:
        sock.sendall(get("/"))
        assert_withheld(read_all(sock), face_jpeg)


@pytest.mark.parametrize("host", ["169.254.169.254", "[::ffff:169.254.169.254]", "2852039166", "0.0.0.0"])
def test_addresses_are_judged_before_they_are_passed_on(
    gateway: Gateway, proxy: Proxy, face_jpeg: bytes, host: str
) -> None:
    assert_withheld(raw(gateway.proxy, get(f"http://{host}/text")), face_jpeg, 403)
    with pytest.raises(ConnectRefused):
        tunnel(gateway.proxy, host, 443)
    assert not proxy.requests


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "nobody.knows.invalid", "93.184.215.14"])
def test_the_gateways_own_ports_are_refused_by_any_name(
    gateway: Gateway, proxy: Proxy, face_jpeg: bytes, host: str
) -> None:
    """The proxy may be on this machine, and resolves names as it likes."""
    for url in (gateway.proxy, gateway.console):
        port = url.rstrip("/").rpartition(":")[2]
        reply = assert_withheld(raw(gateway.proxy, get(f"http://{host}:{port}/readyz")), face_jpeg, 403)
        assert reply.problem["reason"] == "address-refused"
    assert not proxy.requests


def test_names_that_only_the_proxy_knows_pass_and_others_are_judged(gateway: Gateway, proxy: Proxy) -> None:
    proxy.route("/text", answer(TEXT))
    assert parse(raw(gateway.proxy, get("http://nobody.knows.invalid/text"))).body == TEXT
    assert parse(raw(gateway.proxy, get("http://a..b/text"))).status >= 400
    assert [request.target for request in proxy.requests] == ["http://nobody.knows.invalid/text"]


@contextmanager
def environment(**values: str) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def test_through_a_second_gateway_as_a_job_of_it(
    start_gateway: Callable[..., Gateway], strict: Gateway, origin: Origin, face_jpeg: bytes
) -> None:
    """Outward: private addresses are refused here, the proxy itself is reached all the same."""
    file = strict.home.with_name("chained.toml")
    file.write_text('id = "chained"\noperator = "acme"\npurpose = "texts"\n[scope]\nkind = "untargeted"\n')
    token = json.loads(strict.run("job", "register", str(file), "--json").stdout)["token"]
    mode = f'[listen]\nmode = "upstream:{strict.proxy}"\nupstream_auth = {{ env = "CHAIN" }}\n'
    origin.route("/text", answer(TEXT))
    origin.route("/face", answer(face_jpeg, "image/jpeg"))
    with environment(CHAIN=f"chained:{token}"), start_gateway(mode) as gateway:
        assert parse(raw(gateway.proxy, get(origin.url("/text")))).body == TEXT
        assert_without(reply := raw(gateway.proxy, get(origin.url("/face"))), face_jpeg)
        assert (parse(reply).status, parse(reply).problem["reason"]) == (451, "faces")  # the other's words, as text
    with start_gateway(mode.replace("upstream_auth", "# ") + "[egress]\nprivate = false\n") as gateway:
        assert_withheld(raw(gateway.proxy, get(origin.url("/text"))), face_jpeg, 403)
        with connect(gateway.proxy) as sock:
            sock.sendall(get("http://93.184.215.14/"))
            assert parse(read_all(sock)).status == 502  # the second one wants credentials: not the crawler's to give
