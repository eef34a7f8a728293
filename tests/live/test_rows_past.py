"""Rows on ways past the gateway: other protocols, pushed and smuggled messages, parts, service workers."""

import contextlib
from collections.abc import Callable

import h2.config
import h2.connection
import h2.events
import pytest
from live.client import basic, get, raw, raw_tls, tls, tunnel
from live.gateways import Gateway
from live.origin import Origin
from live.origin_h2 import Answer, H2Origin
from live.plays import answer
from live.withheld import assert_withheld, assert_without, parse

TEXT = b"<p>ordinary</p>" * 100
LEADS_PAST = [
    ("Alt-Svc", 'h3=":443"; ma=86400, h2="elsewhere.example:443"'),
    ("Alternate-Protocol", "443:quic"),
    ("Speculation-Rules", '"/rules.json"'),
    ("Supports-Loading-Mode", "uncredentialed-prefetch"),
    ("Service-Worker-Allowed", "/"),
    ("Use-As-Dictionary", 'match="/*"'),
    ("Proxy-Authenticate", 'Basic realm="elsewhere"'),
    ("Proxy-Authentication-Info", "x=y"),
]
HARMLESS = [
    ("Refresh", "30; url=/next"),
    ("Link", "</style.css>; rel=preload; as=style"),
    ("NEL", '{"report_to":"x","max_age":3600}'),
    ("Report-To", '{"group":"x","max_age":3600,"endpoints":[{"url":"https://a.example/r"}]}'),
    ("SourceMap", "/app.js.map"),
    ("Clear-Site-Data", '"cache"'),
]


@pytest.mark.parametrize("secure", [False, True])
def test_what_leads_past_is_taken_away(gateway: Gateway, origin: Origin, tls_origin: Origin, secure: bool) -> None:
    site = tls_origin if secure else origin
    url = site.route("/x", answer(TEXT, headers=[*LEADS_PAST, *HARMLESS]))
    reply = parse(raw_tls(gateway.proxy, gateway.ca, url, get("/x")) if secure else raw(gateway.proxy, get(url)))
    assert (reply.status, reply.body) == (200, TEXT)
    assert {name.lower() for name, _ in LEADS_PAST}.isdisjoint(reply.headers)
    assert {name: reply.headers.get(name.lower()) for name, _ in HARMLESS} == dict(HARMLESS)


def test_what_leads_past_is_taken_away_over_http2(
    h2_client: Callable[..., tuple[int, bytes]], h2_origin: H2Origin, face_jpeg: bytes
) -> None:
    assert h2_client(h2_origin.route("/x", Answer(TEXT, [("alt-svc", 'h3=":443"')]))) == (200, TEXT)
    url = h2_origin.route("/push", Answer(TEXT, pushed=Answer(face_jpeg)))
    status, body = h2_client(url)  # a push that nobody allowed is a protocol error
    assert status in (200, 502)
    assert_without(body, face_jpeg)
    assert h2_client(h2_origin.route("/y", Answer(TEXT))) == (200, TEXT)


def test_a_service_workers_script_is_refused(gateway: Gateway, origin: Origin, face_jpeg: bytes) -> None:
    url = origin.route("/sw.js", answer(b"self.onfetch = () => {};", "text/javascript"))
    reply = assert_withheld(raw(gateway.proxy, get(url, "Service-Worker: script")), face_jpeg, 403)
    assert reply.problem["reason"] == "protocol-refused"
    assert not origin.requests
    assert parse(raw(gateway.proxy, get(url))).status == 200


PARTS = [
    ("200 OK", "image/jpeg", [("Content-Range", "bytes 0-8999/50000")]),
    ("200 OK", "multipart/byteranges; boundary=x", []),
    ("203 Non-Authoritative Information", "Multipart/ByteRanges; boundary=x", []),
    ("226 IM Used", "text/html", [("IM", "vcdiff")]),
    ("206 Partial Content", "multipart/byteranges; boundary=x", []),
]


@pytest.mark.parametrize(("status", "kind", "fields"), PARTS)
def test_parts_in_disguise(
    gateway: Gateway, origin: Origin, face_jpeg: bytes, status: str, kind: str, fields: list[tuple[str, str]]
) -> None:
    url = origin.route("/x", answer(TEXT, kind, status=status, headers=fields))
    reply = assert_withheld(raw(gateway.proxy, get(url, "Range: bytes=0-10, 20-30")), face_jpeg, 502)
    assert reply.problem["reason"] == "partial-content"
    assert origin.requests[-1].header("Range") is None


def test_a_range_that_cannot_be_satisfied_is_no_part(gateway: Gateway, origin: Origin) -> None:
    play = answer(TEXT, status="416 Range Not Satisfiable", headers=[("Content-Range", "bytes */1500")])
    assert parse(raw(gateway.proxy, get(origin.route("/x", play)))).status == 416


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_dns_over_https_is_looked_at(gateway: Gateway, origin: Origin, face_jpeg: bytes, method: str) -> None:
    message = bytes.fromhex("000081800001000100000000") + face_jpeg[2:600]
    url = origin.route("/dns-query", answer(message, "application/dns-message"))
    question = get(url, "Accept: application/dns-message", "Content-Length: 0", method=method)
    assert_withheld(raw(gateway.proxy, question), message, 451)


SMUGGLED = b"GET {url} HTTP/1.1\r\nHost: x\r\nX-Smuggled: yes\r\n\r\n"
FRAMES = {
    "length and chunked": b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": b"Content-Length: 0\r\nContent-Length: 90\r\n\r\n",
    "a signed length": b"Content-Length: +0\r\n\r\n",
    "a list of lengths": b"Content-Length: 0, 90\r\n\r\n",
    "chunked and more": b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "a tab before chunked": b"Transfer-Encoding:\tchunked, x\r\n\r\n0\r\n\r\n",
    "space before the colon": b"Content-Length : 90\r\n\r\n",
    "a folded line": b"X: y\r\n Content-Length: 90\r\n\r\n",
    "length after a bare LF": b"X: y\nContent-Length: 90\r\n\r\n",
}


@pytest.mark.parametrize("frame", FRAMES)
def test_a_request_is_one_to_both_sides(gateway: Gateway, origin: Origin, frame: str) -> None:
    """Whatever the gateway makes of it, each request that reaches the origin is one that it let out."""
    url = origin.route("/x", answer(TEXT)).encode()
    hidden = SMUGGLED.replace(b"{url}", b"/hidden")
    sent = b"POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s%s" % (url, FRAMES[frame], hidden)
    with contextlib.suppress(TimeoutError):  # it may wait for a body that never comes
        raw(gateway.proxy, sent, 1)
    assert all(request.header("X-Smuggled") is None for request in origin.requests)
    assert all(request.path == "/x" for request in origin.requests)


@pytest.mark.parametrize("chunks", [b"zz\r\n", b"5\r\nhelloxx\r\n", b"0\r\nno field\r\n\r\n"])
def test_a_body_that_is_none_is_the_clients_fault(
    gateway: Gateway, origin: Origin, face_jpeg: bytes, chunks: bytes
) -> None:
    """Head and body come together, so the error is there before the head was looked at."""
    sent = get(origin.url("/x"), "Transfer-Encoding: chunked", method="POST") + chunks
    reply = raw(gateway.proxy, sent)
    assert not reply or assert_withheld(reply, face_jpeg, 400).problem["reason"] == "client-protocol"
    assert not origin.requests


EXTENDED = {
    "websocket": [(":protocol", "websocket"), ("sec-websocket-version", "13")],
    "webtransport": [(":protocol", "webtransport"), ("sec-webtransport-http3-draft02", "1")],
    "connect-udp": [(":protocol", "connect-udp"), ("capsule-protocol", "?1")],
    "connect-ip": [(":protocol", "connect-ip")],
    "plain": [],
}


@pytest.mark.parametrize("protocol", EXTENDED)
def test_no_tunnel_over_http2(gateway: Gateway, h2_origin: H2Origin, face_jpeg: bytes, protocol: str) -> None:
    """CONNECT on a stream, extended (RFC 8441) or not."""
    h2_origin.route("/x", Answer(face_jpeg))
    head = [(":method", "CONNECT"), (":authority", f"127.0.0.1:{h2_origin.port}"), *EXTENDED[protocol][:1]]
    if protocol != "plain":
        head += [(":scheme", "https"), (":path", "/x"), *EXTENDED[protocol][1:]]
    with tls(tunnel(gateway.proxy, "127.0.0.1", h2_origin.port), gateway.ca, alpn=("h2",)) as sock:
        config = h2.config.H2Configuration(validate_outbound_headers=False, normalize_outbound_headers=False)
        connection = h2.connection.H2Connection(config)
        connection.initiate_connection()
        connection.send_headers(1, head)
        sock.sendall(connection.data_to_send())
        said, ended = b"", False
        while not ended and (data := sock.recv(65536)):
            for event in connection.receive_data(data):
                said += event.data if isinstance(event, h2.events.DataReceived) else b""
                if isinstance(event, h2.events.ResponseReceived):
                    assert dict(event.headers)[b":status"] != b"200"
                over = h2.events.StreamEnded | h2.events.StreamReset | h2.events.ConnectionTerminated
                ended = ended or isinstance(event, over)
            sock.sendall(connection.data_to_send())
    assert_without(said, face_jpeg)
    assert not h2_origin.requests


def test_early_data_is_a_header_like_any_other(strict: Gateway, origin: Origin, face_jpeg: bytes) -> None:
    """No TLS early data is taken; a request that claims to be some needs credentials like any other."""
    url = origin.route("/x", answer(TEXT))
    assert_withheld(raw(strict.proxy, get(url, "Early-Data: 1")), face_jpeg, 407)
    assert_withheld(raw(strict.proxy, get(url, "Early-Data: 1", basic("no", "no"))), face_jpeg, 407)
    assert not origin.requests
