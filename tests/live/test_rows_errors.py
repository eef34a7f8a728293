"""Rows on malformed replies: mitmproxy's own error pages, which carry what it received, never reach a client."""

from collections.abc import Iterator

import httpx
import pytest
from live.client import OnlyH2, as_seen, get, raw, raw_tls
from live.gateways import Gateway
from live.origin import Exchange, Origin, Play
from live.origin_h2 import Answer, H2Origin
from live.plays import answer
from live.withheld import assert_withheld, parse

TEXT = b"<p>ordinary</p>" * 100


def malformed(canary: bytes) -> dict[str, Play]:
    line = canary.replace(b"\r", b"").replace(b"\n", b"")

    def cut(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n" + canary)

    return {
        "no head at all": lambda exchange: exchange.send(canary + b"\r\n\r\n"),
        "no head and no end": lambda exchange: exchange.send(canary),
        "status line": lambda exchange: exchange.send(b"HTTP/1.1 " + line + b"\r\n\r\n"),
        "version": lambda exchange: exchange.send(b"HTTP/9.9" + line + b" 200 OK\r\n\r\n"),
        "reason phrase": lambda exchange: exchange.send(b"HTTP/1.1 2000 " + line + b"\r\n\r\n"),
        "header without a colon": lambda exchange: exchange.send(b"HTTP/1.1 200 OK\r\n" + line + b"\r\n\r\n"),
        "header name": lambda exchange: exchange.send(b"HTTP/1.1 200 OK\r\nX " + line[:999] + b": 1\r\n\r\n"),
        "header value": lambda exchange: exchange.send(
            b"HTTP/1.1 200 OK\r\nContent-Length: " + line[:9000] + b"\r\n\r\n"
        ),
        "transfer coding": lambda exchange: exchange.send(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: " + line[:9000] + b"\r\n\r\n"
        ),
        "length and coding": answer(canary, framing="chunked", headers=[("Content-Length", "5")]),
        "two lengths": answer(canary, headers=[("Content-Length", "5")]),
        "chunk size": lambda exchange: exchange.send(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + canary + b"\r\n"
        ),
        "chunk without end": lambda exchange: exchange.send(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n" + canary
        ),
        "body cut off": cut,
        "nothing": lambda exchange: None,
    }


NAMES = [*malformed(b"")]


@pytest.mark.parametrize("name", NAMES)
def test_http1(gateway: Gateway, origin: Origin, face_jpeg: bytes, name: str) -> None:
    url = origin.route("/x", malformed(face_jpeg)[name])
    reply = assert_withheld(raw(gateway.proxy, get(url)), face_jpeg, 502)
    assert reply.problem["reason"] == "origin-protocol"


@pytest.mark.parametrize("name", NAMES)
def test_http1_over_tls(gateway: Gateway, tls_origin: Origin, face_jpeg: bytes, name: str) -> None:
    tls_origin.route("/x", malformed(face_jpeg)[name])
    tls_origin.route("/text", answer(TEXT))
    url = tls_origin.url("")
    assert_withheld(raw_tls(gateway.proxy, gateway.ca, url, get("/x")), face_jpeg, 502)
    assert parse(raw_tls(gateway.proxy, gateway.ca, url, get("/text"))).body == TEXT


@pytest.fixture(scope="module")
def h2_client(gateway: Gateway) -> Iterator[httpx.Client]:
    with httpx.Client(http2=True, proxy=gateway.proxy, verify=OnlyH2.trusting(gateway.ca), timeout=20) as client:
        yield client


REFLECTED: dict[str, tuple[str, str]] = {
    "upper-case name": ("X-Upper", "{}"),
    "bad name": ("x bad", "{}"),
    "line feed in a value": ("x-a", "\n{}"),
    "bad length": ("content-length", "{}"),
    "connection field": ("connection", "{}"),
    "transfer coding": ("transfer-encoding", "{}"),
    "pseudo field late": (":path", "{}"),
}


@pytest.mark.parametrize("name", REFLECTED)
def test_http2_headers_are_not_reflected(
    h2_client: httpx.Client, h2_origin: H2Origin, face_jpeg: bytes, name: str
) -> None:
    field, value = REFLECTED[name]
    canary = face_jpeg.hex()[:8000]
    bad = h2_origin.route("/bad", Answer(face_jpeg, [(field, value.format(canary))], length=False))
    text = h2_origin.route("/text", Answer(TEXT))
    assert_withheld(as_seen(h2_client.get(bad)), face_jpeg, 502, 451)
    ordinary = h2_client.get(text)
    assert (ordinary.http_version, ordinary.status_code, ordinary.content) == ("HTTP/2", 200, TEXT)


def test_http2_status_reset_and_trailers(h2_client: httpx.Client, h2_origin: H2Origin, face_jpeg: bytes) -> None:
    canary = face_jpeg.hex()[:8000]
    plays = {
        "/status": Answer(face_jpeg, status="two hundred"),
        "/reset": Answer(face_jpeg, reset=2),
        "/cancel": Answer(face_jpeg, reset=8),
        "/downgrade": Answer(face_jpeg, reset=13),
        "/face": Answer(face_jpeg, trailers=[("x-a", canary)]),
    }
    for path, play in plays.items():
        assert_withheld(as_seen(h2_client.get(h2_origin.route(path, play))), face_jpeg)
    text = h2_origin.route("/text", Answer(TEXT, trailers=[("x-canary", canary)]))
    response = h2_client.get(text)
    assert response.content == TEXT
    assert canary.encode() not in as_seen(response)


def test_http2_early_hints_are_not_final(h2_client: httpx.Client, h2_origin: H2Origin, face_jpeg: bytes) -> None:
    hints = [[(":status", "103"), ("link", face_jpeg.hex()[:4000])]]
    text = h2_client.get(h2_origin.route("/text", Answer(TEXT, informational=hints)))
    assert (text.status_code, text.content) == (200, TEXT)
    assert "link" not in text.headers
    assert_withheld(as_seen(h2_client.get(h2_origin.route("/face", Answer(face_jpeg, informational=hints)))), face_jpeg)
