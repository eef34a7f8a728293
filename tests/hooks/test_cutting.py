import pytest
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.cutting import PIECE_MAX, TEXT_MAX, Overlong, cutter

SSE = "text/event-stream; charset=utf-8"
MIXED = "multipart/x-mixed-replace;boundary=frame"


def fed(kind, *pieces, close=True):
    cuts = cutter(kind)
    windows = [window for piece in pieces for window in cuts.feed(piece)]
    return windows + (list(cuts.close()) if close else [])


@pytest.mark.parametrize(
    "kind", ["text/html", "", "image/jpeg", "multipart/mixed; boundary=x", "multipart/x-mixed-replace"]
)
def test_other_bodies_have_an_end(kind):
    assert cutter(kind) is None


@pytest.mark.parametrize("end", [b"\n\n", b"\r\n\r\n", b"\r\r"])
def test_events_are_cut_behind_their_blank_line(end):
    first, second = fed(SSE, b"data: a" + end + b"data: b", end)
    assert (first.data, second.data) == (b"data: a" + end, b"data: b" + end)


def test_each_window_is_looked_at_with_all_before_it():
    windows = fed(SSE, b"data: a\n\n", b"data: b\n\n", b"data: c")
    assert [window.data for window in windows] == [b"data: a\n\n", b"data: b\n\n", b"data: c"]
    assert windows[2].payload.body == b"data: a\n\ndata: b\n\ndata: c"
    assert windows[2].payload.headers[0] == "abc"


def test_lines_are_cut_behind_each():
    assert [window.data for window in fed("application/x-ndjson", b'{"a":1}\n{"b"', b":2}\n")] == [
        b'{"a":1}\n',
        b'{"b":2}\n',
    ]


def test_text_has_an_end():
    with pytest.raises(Overlong) as over:
        fed(SSE, *[b"data: " + b"x" * 9_990 + b"\n\n"] * (TEXT_MAX // 10_000 + 2))
    assert over.value.reason is Reason.LIMIT_BODY
    with pytest.raises(Overlong):
        fed(SSE, b"x" * (TEXT_MAX + 1), close=False)


def part(body, *fields):
    return b"--frame\r\n" + b"".join(field + b"\r\n" for field in fields) + b"\r\n" + body + b"\r\n"


def test_nothing_of_a_multipart_body_is_lost():
    body = part(b"one", b"Content-Type: image/jpeg") + part(b"\xfftwo") + b"--frame--\r\nand more"
    for size in (1, 7, len(body)):
        windows = fed(MIXED, *(body[at : at + size] for at in range(0, len(body), size)))
        assert b"".join(window.data for window in windows) == body
        assert [window.payload.body for window in windows if window.payload.body][:2] == [b"one", b"\xfftwo"]


def test_a_part_says_what_it_is():
    (window, *_) = fed(MIXED, part(b"\xff", b"Content-Type: image/jpeg", b"Content-Encoding: gzip") + b"--frame--")
    assert (window.payload.content_type, window.payload.codings, window.text) == ("image/jpeg", ("gzip",), False)


def test_what_parts_have_beside_pictures_is_looked_at_together():
    ordinary = (b"Content-Type: image/jpeg", b"Content-Length: 1", b"X-Timestamp: 12.345")
    body = (
        part(b"\xff", *ordinary, b"X: abc")
        + part(b"def", b"Content-Type: text/plain")
        + part(b"\xfe", *ordinary, b"X: g")
    )
    last = [window for window in fed(MIXED, body + b"--frame--") if window.payload.body][-1]
    assert last.payload.headers == ("def", "X: abcX: g", "abcg")
    (window, *_) = fed(MIXED, part(b"\xff", *ordinary) + b"--frame--")
    assert window.payload.headers == ()


@pytest.mark.parametrize("field", [b"Content-Transfer-Encoding: base64", b"Content-Length: 99"])
def test_a_part_that_readers_differ_over_is_doubtful(field):
    (window, *_) = fed(MIXED, part(b"\xff", field) + b"--frame--")
    assert window.doubtful


def test_a_part_has_an_end():
    with pytest.raises(Overlong):
        fed(MIXED, part(b"\xff") + b"e" * PIECE_MAX, close=False)
