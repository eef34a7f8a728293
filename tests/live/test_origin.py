"""The origin itself, without a gateway: what a live test asserts is only worth something if this plays true."""

import ssl

import httpx
import pytest
from live.authority import Authority
from live.client import get, raw
from live.origin import Origin
from live.origin_h2 import Answer, H2Origin
from live.plays import answer, drip, informational, switch, websocket
from websockets.sync.client import connect as websocket_connect


def test_plays_exact_bytes_and_remembers(origin: Origin) -> None:
    play = informational() + answer(b"body", framing="chunked", extension=b";x=1", trailers=[("X-After", "1")])
    url = origin.route("/x", play)
    reply = raw(origin.url(""), get(url, "Proxy-Authorization: secret", method="POST").replace(url.encode(), b"/x?q"))
    assert reply == play
    (request,) = origin.requests
    assert (request.method, request.path, request.target) == ("POST", "/x", "/x?q")
    assert request.header("Proxy-Authorization") == "secret"


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
def test_framings_are_http(tls_origin: Origin, authority: Authority, framing: str) -> None:
    body = bytes(range(256)) * 100
    url = tls_origin.route("/x", answer(body, framing=framing))
    with httpx.Client(verify=ssl.create_default_context(cafile=authority.pem)) as client:
        assert [client.post(url, content=b"sent").content for _ in range(2)] == [body, body]
    assert [request.body for request in tls_origin.requests] == [b"sent", b"sent"]


def test_drip_and_switch(origin: Origin) -> None:
    origin.route("/drip", drip(answer(b"slow", framing="close"), 0.001))
    origin.route("/switch", switch(b"other protocol"))
    assert raw(origin.url(""), get("/drip")).endswith(b"slow")
    assert raw(origin.url(""), get("/switch")).endswith(b"\r\n\r\nother protocol")


def test_websocket_echoes(origin: Origin) -> None:
    url = origin.route("/ws", websocket(b"hello")).replace("http", "ws")
    with websocket_connect(url, compression=None, proxy=None) as socket:
        assert socket.recv() == b"hello"
        for size in (1, 200, 70_000):
            socket.send(b"m" * size)
            assert socket.recv() == b"m" * size


def test_h2_frames(h2_origin: H2Origin, authority: Authority) -> None:
    body = b"b" * 300_000  # more than one flow-control window
    big = h2_origin.route("/big", Answer(body, trailers=[("x-after", "1")]))
    early = h2_origin.route("/early", Answer(b"x", informational=[[(":status", "103"), ("link", "</a>")]]))
    reflected = h2_origin.route("/reflect", lambda request: Answer((request.header("x-in") or "").encode()))
    with httpx.Client(http2=True, verify=ssl.create_default_context(cafile=authority.pem)) as client:
        response = client.get(big)
        assert (response.http_version, response.content) == ("HTTP/2", body)
        assert client.get(early).content == b"x"
        assert client.get(reflected, headers={"x-in": "mirror"}).text == "mirror"
        reset = h2_origin.route("/reset", Answer(b"partial", length=False, reset=2))
        with pytest.raises(httpx.RemoteProtocolError):
            client.get(reset)
    assert [request.path for request in h2_origin.requests] == ["/big", "/early", "/reflect", "/reset"]
