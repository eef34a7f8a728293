"""Rows on identity: who is not known gets an answer and nothing else; a job's end reaches into its open tunnels."""

import base64
import time
from collections.abc import Iterator

import pytest
from live.client import ConnectRefused, basic, connect, get, raw, read_all, read_reply, tls, tunnel
from live.desk import Desk, until_known
from live.gateways import Gateway
from live.origin import Exchange, Origin, read_until
from live.plays import answer
from live.processes import eventually
from live.withheld import assert_withheld, parse

TEXT = b"<p>ordinary</p>" * 100


@pytest.fixture(scope="module")
def desk(strict: Gateway) -> Iterator[Desk]:
    desk = Desk(strict)
    yield desk
    desk.close()


@pytest.fixture(scope="module")
def known(strict: Gateway, desk: Desk) -> str:
    """The credentials of a job that the gateway knows by now."""
    header = basic("known", desk.register("known"))
    until_known(strict, header)
    return header


STRANGERS = {
    "nobody": [],
    "no such job": [basic("none", "x")],
    "wrong token": [basic("known", "wrong")],
    "no colon": ["Proxy-Authorization: Basic " + base64.b64encode(b"known").decode()],
    "not base64": ["Proxy-Authorization: Basic ***"],
    "other scheme": ["Proxy-Authorization: Bearer known"],
    "twice": [basic("known", "a"), basic("known", "b")],
    "empty": ["Proxy-Authorization:"],
    "not text": ["Proxy-Authorization: Basic " + base64.b64encode(b"\xff:\xff").decode()],
    "to the origin": ["Authorization: Basic " + base64.b64encode(b"known:x").decode()],
}


@pytest.mark.parametrize("who", STRANGERS)
def test_strangers_reach_nothing(
    strict: Gateway, known: str, origin: Origin, tls_origin: Origin, face_jpeg: bytes, who: str
) -> None:
    for site in (origin, tls_origin):
        site.route("/x", answer(TEXT))
    reply = assert_withheld(raw(strict.proxy, get(origin.url("/x"), *STRANGERS[who])), face_jpeg, 407)
    assert reply.headers["proxy-authenticate"].startswith("Basic")
    with pytest.raises(ConnectRefused, match="407") as refused:
        tunnel(strict.proxy, "127.0.0.1", tls_origin.port, *STRANGERS[who])
    assert_withheld(refused.value.reply, face_jpeg, 407)
    assert not origin.requests
    assert not tls_origin.requests
    assert parse(raw(strict.proxy, get(origin.url("/x"), known))).body == TEXT


@pytest.mark.parametrize("announces", ["Content-Length: 5", "Content-Length: 999999999", "Transfer-Encoding: chunked"])
def test_a_strangers_body_is_not_invited(strict: Gateway, origin: Origin, face_jpeg: bytes, announces: str) -> None:
    headers = (announces, "Expect: 100-continue")
    reply = raw(strict.proxy, get(origin.url("/x"), *headers, method="POST"))
    assert b" 100 " not in reply
    assert_withheld(reply, face_jpeg, 407)
    assert not origin.requests


def test_a_jobs_body_is(strict: Gateway, known: str, origin: Origin) -> None:
    url = origin.route("/x", answer(TEXT))
    with connect(strict.proxy) as sock:
        sock.sendall(get(url, known, "Content-Length: 4", "Expect: 100-continue", method="POST"))
        assert read_until(sock, b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(b"body")
        assert parse(read_all(sock)).body == TEXT
    assert origin.requests[-1].body == b"body"


def test_credentials_stay_with_the_gateway(strict: Gateway, known: str, origin: Origin, tls_origin: Origin) -> None:
    for site in (origin, tls_origin):
        site.route("/x", answer(TEXT))
    assert parse(raw(strict.proxy, get(origin.url("/x"), known))).status == 200
    with tls(tunnel(strict.proxy, "127.0.0.1", tls_origin.port, known), strict.ca) as sock:
        sock.sendall(get("/x", known))
        assert parse(read_all(sock)).status == 200
    for site in (origin, tls_origin):
        assert site.requests[-1].header("Proxy-Authorization") is None
        assert known.split()[-1].encode() not in site.requests[-1].head


def test_a_client_may_try_again_on_its_connection(strict: Gateway, known: str, tls_origin: Origin) -> None:
    tls_origin.route("/x", answer(TEXT))
    with connect(strict.proxy) as sock:
        where = f"127.0.0.1:{tls_origin.port}"
        sock.sendall(f"CONNECT {where} HTTP/1.1\r\nHost: {where}\r\n\r\n".encode())
        assert parse(read_reply(sock)).status == 407
        sock.sendall(f"CONNECT {where} HTTP/1.1\r\nHost: {where}\r\n{known}\r\n\r\n".encode())
        assert read_until(sock, b"\r\n\r\n").startswith(b"HTTP/1.1 200")
        with tls(sock, strict.ca) as inside:
            inside.sendall(get("/x"))
            assert parse(read_all(inside)).body == TEXT


def test_a_revoked_job_ends_inside_its_tunnel(
    strict: Gateway, desk: Desk, tls_origin: Origin, face_jpeg: bytes
) -> None:
    header = basic("short-lived", desk.register("short-lived"))
    until_known(strict, header)
    tls_origin.route("/x", answer(b"x"))
    request = get("/x").replace(b"Connection: close\r\n", b"")
    with tls(tunnel(strict.proxy, "127.0.0.1", tls_origin.port, header), strict.ca) as sock:
        sock.sendall(request)
        assert read_reply(sock).startswith(b"HTTP/1.1 200")
        desk.revoke("short-lived")
        until = time.monotonic() + 10
        while True:
            sock.sendall(request)
            reply = read_reply(sock)
            if not reply.startswith(b"HTTP/1.1 200"):
                break
            assert time.monotonic() < until
    assert assert_withheld(reply, face_jpeg, 403).problem["reason"] == "job-inactive"
    seen = len(tls_origin.requests)
    assert_withheld(raw(strict.proxy, get(tls_origin.url("/x"), header)), face_jpeg, 403)
    assert len(tls_origin.requests) == seen


def test_a_release_needs_every_name_in_scope(
    strict: Gateway, desk: Desk, origin: Origin, tls_origin: Origin, face_jpeg: bytes
) -> None:
    """One server answers for many names: neither Host nor SNI may ask for another than the scope's."""
    header = basic("targeted", desk.register_targeted("targeted", "127.0.0.1"))
    until_known(strict, header)
    url = origin.route("/face", answer(face_jpeg))
    tls_origin.route("/face", answer(face_jpeg))
    request = get(url, header)
    forged = [request.replace(b"Host: 127.0.0.1", other) for other in (b"Host: localhost", b"Host: 127.0.0.1, other")]
    eventually(lambda: parse(raw(strict.proxy, request)).body == face_jpeg, 2, "the approval counts")
    for lie in forged:
        assert_withheld(raw(strict.proxy, lie), face_jpeg)
    for sni, host, status in (
        ("127.0.0.1", "127.0.0.1", 200),
        ("localhost", "127.0.0.1", 451),
        ("127.0.0.1", "x", 451),
    ):
        with tls(tunnel(strict.proxy, "127.0.0.1", tls_origin.port, header), strict.ca, sni) as sock:
            sock.sendall(get("/face", f"Host: {host}").replace(b"Host: \r\n", b""))
            reply = read_all(sock)
        assert parse(reply).status == status, (sni, host)


@pytest.mark.parametrize("head", ["HTTP/1.0\r\n", "HTTP/1.1\r\n", "HTTP/1.1\r\nHost:\r\n", "HTTP/1.1\r\nHost: \t\r\n"])
def test_no_request_leaves_without_a_host(
    strict: Gateway, known: str, origin: Origin, tls_origin: Origin, face_jpeg: bytes, head: str
) -> None:
    """The origin's default site has something else."""
    for site in (origin, tls_origin):

        def play(exchange: Exchange, own: str = f"127.0.0.1:{site.port}") -> None:
            exchange.send(answer(TEXT if exchange.request.header("host") == own else face_jpeg))

        site.route("/x", play)
    rest = f"{head}Connection: close\r\nX-Original-URL: /y\r\nX_Forwarded_Host: y\r\n"
    plain = f"GET {origin.url('/x')} {rest}{known}\r\n\r\n".encode()
    assert parse(raw(strict.proxy, plain)).body == TEXT
    with tls(tunnel(strict.proxy, "127.0.0.1", tls_origin.port, known), strict.ca) as sock:
        sock.sendall(f"GET /x {rest}\r\n".encode())
        assert parse(read_all(sock)).body == TEXT
    for site in (origin, tls_origin):
        (received,) = site.requests
        assert {name for name, _value in received.headers} == {"connection", "host"}


def test_two_hosts_are_refused(strict: Gateway, known: str, origin: Origin, tls_origin: Origin) -> None:
    request = get(origin.url("/x"), known, f"Host: 127.0.0.1:{origin.port}")
    reply = parse(raw(strict.proxy, request))
    assert (reply.status, reply.problem["reason"]) == (400, "client-protocol")
    with tls(tunnel(strict.proxy, "127.0.0.1", tls_origin.port, known), strict.ca) as sock:
        sock.sendall(get("/x", "Host: other"))
        assert parse(read_all(sock)).status == 400
    assert not origin.requests
    assert not tls_origin.requests


def test_a_head_without_end_is_cut(strict: Gateway) -> None:
    with connect(strict.proxy) as sock, pytest.raises(ConnectionError):
        sock.sendall(b"GET / HTTP/1.1\r\nX-More: " + b"m" * 100_000_000)
