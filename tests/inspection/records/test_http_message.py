import gzip

import pytest
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.parts import Part, Piece
from facegate_addons.inspection.records.http_message import dechunked, is_message, message

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


def chunked(data: bytes, step: int = 100) -> bytes:
    pieces = (data[at : at + step] for at in range(0, len(data), step))
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def pieces(block: bytes) -> tuple[list[Piece], bytes]:
    heads = bytearray()
    return list(message(block, Budget(Limits()), heads)), bytes(heads)


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        (b"", b"words" * 100),
        (b"Content-Encoding: gzip\r\n", gzip.compress(b"words" * 100, mtime=0)),
        (b"Transfer-Encoding: chunked\r\n", chunked(b"words" * 100)),
        (b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", chunked(gzip.compress(b"words" * 100, mtime=0))),
        (b"Transfer-Encoding: gzip, chunked\r\n", chunked(gzip.compress(b"words" * 100, mtime=0))),
    ],
)
def test_codings_are_undone(fields: bytes, body: bytes) -> None:
    found, heads = pieces(HEAD + fields + b"\r\n" + body)
    assert found == [Part(b"words" * 100, "message", "text/plain")]
    assert heads.startswith(HEAD)


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        (b"Content-Encoding: gzip\r\n", b"plain"),
        (b"Content-Encoding: mine\r\n", b"plain"),
        (b"Transfer-Encoding: chunked\r\n", b"plain"),
        (b"Transfer-Encoding: gzip\r\n", b"plain"),
        (b"no field\r\n", b"plain"),
    ],
)
def test_what_does_not_decode_is_unread_and_looked_at_as_it_is(fields: bytes, body: bytes) -> None:
    (unread, part), _ = pieces(HEAD + fields + b"\r\n" + body)
    assert isinstance(unread, Unread)
    assert isinstance(part, Part)
    assert part.data == body


def test_extensions_and_trailers_are_kept() -> None:
    notes = bytearray()
    assert dechunked(b"3;a=b\r\nabc\r\n0\r\nC: d\r\n\r\n", Budget(Limits()), notes) == b"abc"
    assert bytes(notes) == b";a=bC: d\r\n\r\n"


@pytest.mark.parametrize(
    "body", [b"", b"3\r\nab", b"3\r\nabcd\r\n0\r\n\r\n", b"-1\r\n", b"3\r\nabc\r\n", b"0\r\n\r\nmore than fields"]
)
def test_broken_chunks(body: bytes) -> None:
    with pytest.raises(Unread) as raised:
        dechunked(body, Budget(Limits()), bytearray())
    assert raised.value.why is Reason.CODING_BROKEN


def test_what_is_a_message() -> None:
    assert is_message(b"HTTP/1.1 200 OK\r\n\r\n")
    assert is_message(b"GET / HTTP/1.1\r\n\r\n")
    assert not is_message(b"<html>")
