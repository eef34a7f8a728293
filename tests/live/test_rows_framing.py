"""Rows on framing: heads, chunks, trailers, interim responses, parts; and a connection stays in step after each."""

import base64
import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from live.client import connect, get, raw, raw_tls, read_all, read_reply
from live.gateways import Gateway
from live.origin import Exchange, Origin, Play
from live.plays import answer, chunked, endless_head, informational
from live.withheld import assert_withheld, assert_without, parse

TEXT = b"<p>ordinary</p>" * 100


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
@pytest.mark.parametrize("secure", [False, True])
def test_every_framing(
    gateway: Gateway, origin: Origin, tls_origin: Origin, face_jpeg: bytes, framing: str, secure: bool
) -> None:
    site = tls_origin if secure else origin
    for path, body in (("/face", face_jpeg), ("/text", TEXT)):
        site.route(path, answer(body, framing=framing))

    def fetch(path: str) -> bytes:
        if secure:
            return raw_tls(gateway.proxy, gateway.ca, site.url(""), get(path))
        return raw(gateway.proxy, get(site.url(path)))

    assert_withheld(fetch("/face"), face_jpeg, 451)
    reply = fetch("/text")
    assert parse(reply).status == 200
    assert TEXT in (reply, reply.partition(b"\r\n\r\n")[2], unchunked(reply))


def unchunked(reply: bytes) -> bytes:
    """The chunks of `reply`; our origin's and the gateway's own sizes are below 64 KB."""
    body, out = reply.partition(b"\r\n\r\n")[2], b""
    with contextlib.suppress(ValueError):
        while size := int(body.partition(b"\r\n")[0], 16):
            body = body.partition(b"\r\n")[2]
            out, body = out + body[:size], body[size + 2 :]
    return out


@pytest.mark.parametrize("coding", ["gzip, chunked", "chunked, gzip", "gzip", "identity", "chunked, chunked", "x"])
def test_transfer_codings_but_chunked_are_refused(
    gateway: Gateway, origin: Origin, face_jpeg: bytes, coding: str
) -> None:
    head = f"HTTP/1.1 200 OK\r\nTransfer-Encoding: {coding}\r\nConnection: close\r\n\r\n".encode()
    url = origin.route("/x", head + chunked(face_jpeg))
    reply = assert_withheld(raw(gateway.proxy, get(url)), face_jpeg, 502)
    assert reply.problem["reason"] in ("transfer-coding", "origin-protocol")


def test_heads_have_an_end(gateway: Gateway, origin: Origin, face_jpeg: bytes) -> None:
    url = origin.route("/x", endless_head())
    assert_withheld(raw(gateway.proxy, get(url)), face_jpeg, 502)
    url = origin.route("/x", answer(face_jpeg, headers=[("X-Big", "b" * 70_000)]))
    assert_withheld(raw(gateway.proxy, get(url)), face_jpeg, 502)
    url = origin.route("/x", answer(TEXT, headers=[(f"X-{at}", "v") for at in range(300)]))
    assert assert_withheld(raw(gateway.proxy, get(url)), face_jpeg, 502).problem["reason"] == "limit-head"
    url = origin.route("/x", answer(TEXT, headers=[(f"X-{at}", "v" * 100) for at in range(100)]))
    assert parse(raw(gateway.proxy, get(url))).body == TEXT


def endless(what: bytes, start: bytes = b"") -> Play:
    def play(exchange: Exchange) -> None:
        exchange.send(start)
        while not exchange.stopped.is_set():
            exchange.send(what * 500)

    return play


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "play",
    [
        endless(b"e" * 1000, CHUNKED + b"5;"),  # one extension without end
        endless(b"1;" + b"e" * 1000 + b"\r\nx\r\n", CHUNKED),  # an extension with each byte
        endless(b"X-T: " + b"t" * 1000 + b"\r\n", CHUNKED + b"0\r\n"),  # trailers without end
        endless(informational()),  # interim responses without end
        endless(b"f" * 1000, CHUNKED),  # a chunk size without end
    ],
    ids=["extension", "extensions", "trailers", "interim", "size"],
)
def test_framing_without_end_is_cut(gateway: Gateway, origin: Origin, face_jpeg: bytes, play: Play) -> None:
    before = max(peak_memory(pid) for pid in gateway.processes())
    began = time.monotonic()
    assert_withheld(raw(gateway.proxy, get(origin.route("/x", play))), face_jpeg, 502)
    assert time.monotonic() - began < 10
    assert max(peak_memory(pid) for pid in gateway.processes()) - before < 64 << 20


def peak_memory(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return 1024 * int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])


def test_trailers_are_dropped(gateway: Gateway, origin: Origin, face_jpeg: bytes) -> None:
    trailers = [("X-Canary", face_jpeg.hex()[:20_000])]
    play = answer(TEXT, framing="chunked", trailers=trailers, extension=b";x=1", headers=[("Trailer", "X-Canary")])
    for _ in range(2):  # the connection to the origin is fit for the next
        reply = raw(gateway.proxy, get(origin.route("/x", play)))
        assert_without(reply, trailers[0][1].encode())
        assert unchunked(reply) == TEXT
        assert "trailer" not in parse(reply).headers


@pytest.mark.parametrize("status", ["100 Continue", "102 Processing", "103 Early Hints", "199 Whatever"])
def test_the_final_response_is_the_one(gateway: Gateway, origin: Origin, face_jpeg: bytes, status: str) -> None:
    hint = informational(status, [("Link", face_jpeg.hex()[:4000])])
    reply = raw(gateway.proxy, get(origin.route("/x", hint + hint + answer(TEXT))))
    assert (parse(reply).status, parse(reply).body) == (200, TEXT)
    assert_without(reply, face_jpeg.hex().encode())
    assert_withheld(raw(gateway.proxy, get(origin.route("/x", hint + answer(face_jpeg)))), face_jpeg, 451)
    late = b"HTTP/1.1 103 Early\r\nContent-Length: %d\r\n\r\n%s" % (len(face_jpeg), face_jpeg)
    assert_withheld(raw(gateway.proxy, get(origin.route("/x", lambda exchange: exchange.send(late)))), face_jpeg, 502)


@pytest.mark.parametrize("status", ["099 Low", "600 High", "999 Higher", "2000 Long", "-20 Negative", "20 Short"])
def test_statuses_that_are_none(gateway: Gateway, origin: Origin, face_jpeg: bytes, status: str) -> None:
    assert_withheld(raw(gateway.proxy, get(origin.route("/x", answer(TEXT, status=status)))), face_jpeg, 502)


def test_the_reason_phrase_is_ours(gateway: Gateway, origin: Origin, face_jpeg: bytes) -> None:
    """A picture fits into it."""
    phrase = face_jpeg.replace(b"\r", b"").replace(b"\n", b"")
    play = b"HTTP/1.1 200 " + phrase + b"\r\nContent-Length: 2\r\n\r\nok"
    reply = raw(gateway.proxy, get(origin.route("/x", play)))
    assert_without(reply, phrase)
    assert reply.startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_picture_in_a_header_is_looked_at(gateway: Gateway, origin: Origin, face_as: Callable[..., bytes]) -> None:
    small = face_as("JPEG", size=(200, 200))
    url = origin.route("/x", answer(TEXT, headers=[("X-Picture", base64.b64encode(small).decode())]))
    assert_withheld(raw(gateway.proxy, get(url)), base64.b64encode(small), 451)


def test_parts_are_neither_asked_for_nor_taken(gateway: Gateway, origin: Origin, face_jpeg: bytes) -> None:
    part = answer(face_jpeg[:9000], "image/jpeg", status="206 Partial", headers=[("Content-Range", "bytes 0-8999/*")])
    url = origin.route("/part", part)
    reply = assert_withheld(raw(gateway.proxy, get(url, "Range: bytes=0-8999", 'If-Range: "x"')), face_jpeg, 502)
    assert reply.problem["reason"] == "partial-content"
    assert origin.requests[-1].header("Range") is None
    assert origin.requests[-1].header("If-Range") is None
    disguised = answer(face_jpeg[:9000], "image/jpeg", headers=[("Content-Range", "bytes 0-8999/50000")])
    assert_withheld(raw(gateway.proxy, get(origin.route("/x", disguised))), face_jpeg)


def test_responses_without_a_body(gateway: Gateway, origin: Origin, face_jpeg: bytes) -> None:
    url = origin.route("/head", b"HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n")
    reply = parse(raw(gateway.proxy, get(url, method="HEAD")))
    assert (reply.status, reply.headers["content-length"], reply.body) == (200, "12345", b"")
    for status in ("204 No Content", "304 Not Modified"):
        url = origin.route("/none", b"HTTP/1.1 %s\r\nETag: x\r\n\r\n" % status.encode())
        reply = parse(raw(gateway.proxy, get(url)))
        assert (f"{reply.status}", reply.body) == (status[:3], b"")
        url = origin.route("/some", b"HTTP/1.1 %s\r\nETag: x\r\n\r\n" % status.encode() + face_jpeg)
        assert_without(raw(gateway.proxy, get(url)), face_jpeg)
    url = origin.route("/head", answer(face_jpeg))  # a body where none belongs
    assert_without(raw(gateway.proxy, get(url, method="HEAD")), face_jpeg)
    assert parse(raw(gateway.proxy, get(origin.route("/text", answer(TEXT))))).body == TEXT


@pytest.mark.parametrize("pipelined", [False, True])
def test_a_kept_connection_stays_in_step(gateway: Gateway, origin: Origin, face_jpeg: bytes, pipelined: bool) -> None:
    origin.route("/face", answer(face_jpeg))
    origin.route("/late", answer(TEXT) + answer(face_jpeg))  # a second response nobody asked for
    origin.route("/broken", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: x\r\n\r\n" + face_jpeg)
    for number in range(3):
        origin.route(f"/text{number}", answer(TEXT + b"%d" % number))
    paths = ["/text0", "/face", "/text1", "/face", "/late", "/text2"]
    requests = [get(origin.url(path)).replace(b"Connection: close\r\n", b"") for path in paths[:-1]]
    requests.append(get(origin.url(paths[-1])))
    replies = []
    with connect(gateway.proxy) as sock:
        if pipelined:
            sock.sendall(b"".join(requests))
            data = read_all(sock)
        else:
            data = b""
            for request in requests[:-1]:
                sock.sendall(request)
                data += read_reply(sock)
            sock.sendall(requests[-1])
            data += read_all(sock)
    assert_without(data, face_jpeg)
    while data:
        replies.append(parse(data))
        data = replies[-1].rest
    assert [reply.status for reply in replies] == [200, 451, 200, 451, 200, 200]
    assert [reply.body for reply in replies if reply.status == 200] == [TEXT + b"0", TEXT + b"1", TEXT, TEXT + b"2"]


def test_headers_that_are_not_the_origins_to_set(gateway: Gateway, origin: Origin) -> None:
    forged = [
        ("Alt-Svc", 'h3=":443"'),
        ("Facegate-Verdict", "clear"),
        ("facegate-record", "forged"),
        ("Facegate-Whatever", "x"),
        ("Proxy-Status", "forged"),
        ("Upgrade", "h2c"),
        ("Set-Cookie", "a=b"),
    ]
    reply = parse(raw(gateway.proxy, get(origin.route("/x", answer(TEXT, headers=forged)))))
    assert reply.body == TEXT
    assert reply.headers["set-cookie"] == "a=b"
    assert reply.headers["facegate-verdict"] == "clear"
    assert {"alt-svc", "facegate-record", "facegate-whatever", "proxy-status", "upgrade"}.isdisjoint(reply.headers)
