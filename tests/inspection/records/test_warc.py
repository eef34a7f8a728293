import gzip
from collections.abc import Callable

import pytest
from facegate_addons.detection.picture import Detector
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Faces, Payload, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.walk import inspect

Look = Callable[..., Verdict]


def record(
    block: bytes, kind: str = "response", content_type: str = "application/http;msgtype=response", *more: str
) -> bytes:
    fields = [f"WARC-Type: {kind}", f"Content-Type: {content_type}", *more, f"Content-Length: {len(block)}"]
    return "".join(f"{line}\r\n" for line in ("WARC/1.0", *fields)).encode() + b"\r\n" + block + b"\r\n\r\n"


def response(body: bytes, kind: str = "image/jpeg", *more: str) -> bytes:
    head = "".join(f"{line}\r\n" for line in ("HTTP/1.1 200 OK", f"Content-Type: {kind}", *more))
    return head.encode() + b"\r\n" + body


INFO = record(b"software: a crawler\r\n", "warcinfo", "application/warc-fields")
REQUEST = record(b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n", "request", "application/http;msgtype=request")
PAGE = record(response(b"<html>words</html>", "text/html"))


def test_every_record_is_looked_at(look: Look, face_jpeg: bytes, plain_jpeg: bytes) -> None:
    for picture, verdict in ((face_jpeg, Faces), (plain_jpeg, Clear)):
        for block in (
            record(response(picture)),
            record(response(gzip.compress(picture), "image/jpeg", "Content-Encoding: gzip")),
            record(
                response(b"%x\r\n%s\r\n0\r\n\r\n" % (len(picture), picture), "image/jpeg", "Transfer-Encoding: chunked")
            ),
            record(picture, "resource", "image/jpeg"),
            record(picture, "conversion", "image/jpeg"),
            record(b"POST / HTTP/1.1\r\n\r\n" + picture, "request"),
        ):
            assert isinstance(look(INFO + REQUEST + block + PAGE), verdict)


def test_an_ordinary_archive_is_clear(look: Look) -> None:
    body = INFO + (REQUEST + PAGE + record(b"HTTP/1.1 304 Not Modified\r\n\r\n", "revisit")) * 300
    assert look(body) == Clear("warc")
    assert look(body.replace(b"WARC/1.0", b"WARC/1.1")) == Clear("warc")


@pytest.mark.parametrize("change", [-3, 3, 10_000])
def test_a_length_that_lies(look: Look, change: int) -> None:
    size = len(response(b"<html>words</html>", "text/html"))
    lying = PAGE.replace(b"Content-Length: %d" % size, b"Content-Length: %d" % (size + change))
    assert lying != PAGE
    assert isinstance(look(INFO + lying + INFO), Unreadable)


def test_what_is_no_record_hides_nothing(look: Look, face_jpeg: bytes) -> None:
    assert isinstance(look(PAGE + face_jpeg), Faces)
    assert isinstance(look(PAGE + b"WARC/1.0\r\nno field\r\n\r\n" + face_jpeg), Faces)
    assert isinstance(look(PAGE + b"WARC/2.0\r\n" + b"words"), Unreadable)
    assert isinstance(look(PAGE.replace(b"Content-Length", b"Content-Length: 1\r\nContent-Length")), Unreadable)


def test_segments_of_one_record_are_partial(look: Look) -> None:
    body = INFO + record(b"words", "continuation", "text/plain", "WARC-Segment-Number: 2")
    assert look(body) == Unreadable(Reason.PARTIAL_CONTENT, "warc")


def test_a_bomb_ends_at_the_limit(blind: Detector) -> None:
    bomb = gzip.compress(b"words " * 100_000)
    body = record(response(bomb, "text/html", "Content-Encoding: gzip")) * 7
    assert inspect(Payload(body), blind, Limits(decoded=3_000_000)) == Unreadable(Reason.LIMIT_DECODED)


def test_heads_are_looked_at(look: Look, face_as: Callable[..., bytes]) -> None:
    words = face_as(size=(120, 120)).hex()
    assert isinstance(look(record(response(b"words", "text/plain", f"X: {words}"))), Faces)
    assert isinstance(look(record(b"words", "resource", "text/plain", f"X: {words}")), Faces)
