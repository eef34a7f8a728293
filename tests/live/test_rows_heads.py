"""Rows on heads: a picture cut into many fields, and ordinary heads, which pass."""

import base64
from collections.abc import Callable

import pytest
from heads import HEADS
from live.client import get, raw
from live.gateways import Gateway
from live.origin import Origin
from live.origin_h2 import Answer, H2Origin
from live.plays import Header, answer
from live.withheld import assert_withheld, assert_without, parse

TEXT = b"<p>ordinary</p>" * 100


def cut(data: bytes, size: int) -> list[str]:
    text = base64.b64encode(data).decode()
    return [text[at : at + size] for at in range(0, len(text), size)]


WAYS: dict[str, Callable[[bytes], list[Header]]] = {
    "values": lambda data: [(f"X-{at}", piece) for at, piece in enumerate(cut(data, 60))],
    "long values": lambda data: [("X-Piece", piece) for piece in cut(data, 400)],
    "names": lambda data: [(f"X-{data[at : at + 40].hex()}", "1") for at in range(0, len(data), 40)],
    "cookies": lambda data: [("Set-Cookie", f"c{at}={piece}; Path=/") for at, piece in enumerate(cut(data, 30))],
    "links": lambda data: [("Link", f'<https://a.example/{piece}>; rel="next"') for piece in cut(data, 90)],
}


@pytest.fixture(scope="module")
def small(face_as: Callable[..., bytes]) -> bytes:
    return face_as("JPEG", size=(96, 96), quality=40)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("status", ["200 OK", "404 Not Found", "302 Found", "304 Not Modified"])
def test_a_face_in_pieces_is_withheld(gateway: Gateway, origin: Origin, small: bytes, way: str, status: str) -> None:
    body = b"" if status.startswith("304") else TEXT
    url = origin.route("/x", answer(body, status=status, headers=WAYS[way](small)))
    reply = raw(gateway.proxy, get(url))
    assert assert_withheld(reply, base64.b64encode(small), 451, 502).problem["reason"] in ("faces", "limit-head")


def test_a_face_in_pieces_in_answer_to_head(gateway: Gateway, origin: Origin, small: bytes) -> None:
    fields = "".join(f"{name}: {value}\r\n" for name, value in WAYS["values"](small))
    url = origin.route("/x", f"HTTP/1.1 200 OK\r\n{fields}Content-Length: 5\r\n\r\n".encode())
    assert_withheld(raw(gateway.proxy, get(url, method="HEAD")), base64.b64encode(small), 451)


@pytest.mark.parametrize("way", WAYS)
def test_a_face_in_pieces_over_http2(
    h2_client: Callable[..., tuple[int, bytes]], h2_origin: H2Origin, small: bytes, way: str
) -> None:
    fields = [(name.lower(), value) for name, value in WAYS[way](small)]
    status, body = h2_client(h2_origin.route("/x", Answer(TEXT, fields)))
    assert status in (451, 502)
    assert_without(body, TEXT)


def test_budgets_of_a_head(gateway: Gateway, origin: Origin, face_jpeg: bytes) -> None:
    for fields in (
        [(f"X-{at}", "v " * 100) for at in range(90)],
        [(f"X-{at}-" + "n" * 60, "") for at in range(60)],
        [("Set-Cookie", "c=" + "c " * 200)] * 90,
    ):
        url = origin.route("/x", answer(TEXT, headers=fields))
        assert assert_withheld(raw(gateway.proxy, get(url)), face_jpeg, 502).problem["reason"] == "limit-head"


@pytest.mark.parametrize("site", HEADS)
def test_ordinary_heads_pass(gateway: Gateway, origin: Origin, site: str) -> None:
    reply = raw(gateway.proxy, get(origin.route("/x", answer(TEXT, headers=HEADS[site]))))
    assert (parse(reply).status, parse(reply).body) == (200, TEXT)
    for name, value in HEADS[site]:
        assert name.lower() == "alt-svc" or f"{name}: {value}\r\n".encode("latin-1") in reply
