"""The starter of real gateways, and with it the main job once over real sockets: a face stays, all else arrives."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from live.authority import Authority
from live.client import body_of, get, raw, raw_tls
from live.gateways import Gateway
from live.origin import Origin
from live.origin_h2 import Answer, H2Origin
from live.plays import answer


def test_bytes_without_a_face_arrive_as_they_are(gateway: Gateway, origin: Origin, plain_jpeg: bytes) -> None:
    url = origin.route("/cup.jpg", answer(plain_jpeg, "image/jpeg"))
    reply = raw(gateway.proxy, get(url))
    assert reply.startswith(b"HTTP/1.1 200 OK\r\n")
    assert body_of(reply) == plain_jpeg
    assert [request.target for request in origin.requests] == ["/cup.jpg"]


def test_a_face_does_not(gateway: Gateway, origin: Origin, face_jpeg: bytes) -> None:
    url = origin.route("/face.jpg", answer(face_jpeg, "image/jpeg"))
    reply = raw(gateway.proxy, get(url))
    assert reply.startswith(b"HTTP/1.1 451 ")
    assert json.loads(body_of(reply))["reason"] == "faces"
    assert face_jpeg[:64] not in reply


def test_through_tls(gateway: Gateway, tls_origin: Origin, face_jpeg: bytes, plain_jpeg: bytes) -> None:
    face = tls_origin.route("/face.jpg", answer(face_jpeg, "image/jpeg"))
    plain = tls_origin.route("/cup.jpg", answer(plain_jpeg, "image/jpeg", framing="chunked"))
    for url, status in ((face, b"451"), (plain, b"200")):
        parts = urlsplit(url)
        reply = raw_tls(gateway.proxy, gateway.ca, url, get(parts.path))
        assert reply.split(b" ", 2)[1] == status
    assert body_of(reply) == plain_jpeg


def test_through_http2(gateway: Gateway, h2_origin: H2Origin, h2_client: Callable[..., tuple[int, bytes]]) -> None:
    url = h2_origin.route("/page", Answer(b"<p>a page</p>"))
    assert h2_client(url) == (200, b"<p>a page</p>")
    assert [request.path for request in h2_origin.requests] == ["/page"]


def test_stops_when_told_to(start_gateway: Callable[..., Gateway]) -> None:
    with start_gateway() as gateway:
        assert gateway.terminate() == 0


def test_a_configuration_with_a_mistake_is_one_line(start_gateway: Callable[..., Gateway]) -> None:
    with pytest.raises(AssertionError, match=r"did you mean policy\.faces"), start_gateway('[policy]\nface = "drop"\n'):
        pass


def test_an_untrusted_origin_is_refused(
    start_gateway: Callable[..., Gateway], tls_origin: Origin, tmp_path: Path
) -> None:
    other = Authority(tmp_path)
    url = tls_origin.route("/x", answer(b"x"))
    with start_gateway(f'[egress]\ntrusted_ca = "{other.pem}"\n') as gateway:
        reply = raw_tls(gateway.proxy, gateway.ca, url, get("/x"))
    assert reply.split(b" ", 2)[1] == b"502"
    assert not tls_origin.requests
