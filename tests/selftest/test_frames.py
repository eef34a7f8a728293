"""Held against h2, which others wrote."""

import h2.config
import h2.connection
import h2.events
import pytest
from facegate.selftest import frames
from facegate.selftest.frames import Frame, Frames, data, head

FIELDS = ((":status", "200"), ("content-type", "text/plain"), ("x-long", "x" * 3000))


def client() -> h2.connection.H2Connection:
    """It asked for one thing."""
    connection = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
    connection.initiate_connection()
    connection.send_headers(
        1, [(":method", "GET"), (":scheme", "https"), (":authority", "a"), (":path", "/")], end_stream=True
    )
    return connection


@pytest.mark.parametrize("padding", [b"", b"p" * 255])
def test_what_is_made_is_what_h2_reads(padding: bytes) -> None:
    body = bytes(range(256)) * 100
    sent = bytes(Frame(frames.SETTINGS, 0, 0, b"")) + head(FIELDS) + data(body, padding=padding)
    events = client().receive_data(sent)
    (answered,) = [event for event in events if isinstance(event, h2.events.ResponseReceived)]
    assert tuple(answered.headers) == FIELDS
    assert b"".join(event.data for event in events if isinstance(event, h2.events.DataReceived)) == body
    assert isinstance(events[-1], h2.events.StreamEnded)


def test_what_h2_makes_is_read_however_it_is_cut() -> None:
    connection = client()
    connection.ping(b"12345678")
    sent = connection.data_to_send().removeprefix(frames.PREFACE)
    for size in (1, 7, len(sent)):
        coming = Frames()
        found = [frame for at in range(0, len(sent), size) for frame in coming.feed(sent[at : at + size])]
        assert b"".join(map(bytes, found)) == sent
        (asked,) = [frame for frame in found if frame.kind == frames.HEADERS]
        assert dict(coming.fields(asked))[b":path"] == b"/"


def test_a_block_in_pieces_padded_and_promised() -> None:
    block = frames.block(FIELDS)
    expected = [(name.encode(), value.encode()) for name, value in FIELDS]
    coming = Frames()
    flags = frames.PADDED | frames.PRIORITY
    first = Frame(frames.HEADERS, flags, 1, b"\x02" + bytes(5) + block[:50] + b"pp")
    assert coming.fields(first) == []
    assert coming.fields(Frame(frames.CONTINUATION, frames.END_HEADERS, 1, block[50:])) == expected
    assert coming.fields(Frame(frames.PROMISE, frames.END_HEADERS, 1, bytes(4) + block)) == expected


def test_a_block_that_is_none_has_no_fields() -> None:
    assert Frames().fields(Frame(frames.HEADERS, frames.END_HEADERS, 1, b"\xff" * 40)) == []
