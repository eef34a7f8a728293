import base64

import pytest
from facegate_addons.wire.userinfo import RequestHeads, moved
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy.net.http.http1 import read_request_head


@pytest.mark.parametrize(
    ("target", "left", "credentials"),
    [
        (b"http://a:b@c/d", b"http://c/d", b"a:b"),
        (b"http://a:b@c:80?x=y@z", b"http://c:80?x=y@z", b"a:b"),
        (b"http://a:b@x@c/", b"http://c/", b"a:b@x"),
        (b"http://a%3Ab:c%40@c/", b"http://c/", b"a:b:c@"),
        (b"http://@c/", b"http://c/", b""),
        (b"a:b://c:d@e/", b"a:b://e/", b"c:d"),
        (b"http://c/a:b@d", b"http://c/a:b@d", None),
        (b"http://c?a:b@d", b"http://c?a:b@d", None),
        (b"http://c#a:b@d", b"http://c#a:b@d", None),
        (b"/a:b@c/", b"/a:b@c/", None),
        (b"/http://a:b@c/", b"/http://a:b@c/", None),
        (b"*", b"*", None),
    ],
)
def test_targets(target, left, credentials):
    line, found = moved(b"GET " + target + b" HTTP/1.1")
    assert line == b"GET " + left + b" HTTP/1.1"
    assert (None if found is None else base64.b64decode(found)) == credentials


def test_a_tunnels() -> None:
    assert moved(b"CONNECT a:b@c:443 HTTP/1.1") == (b"CONNECT c:443 HTTP/1.1", base64.b64encode(b"a:b"))
    assert moved(b"CONNECT c:443 HTTP/1.1") == (b"CONNECT c:443 HTTP/1.1", None)


@given(st.binary())
def test_any_line_has_no_userinfo_then(line):
    left, credentials = moved(line)
    assert credentials is not None or left == line
    assert moved(left)[1] is None or b"@" in left


def test_heads_come_with_their_credentials_in_place() -> None:
    heads = RequestHeads()
    heads += b"GET http://a:b@c/ HTTP/1.1\r\nHost: a:b@c\r\n"
    assert heads.maybe_extract_lines() is None
    heads += b"\r\nGET /plain HTTP/1.1\r\nHost: x\r\n\r\nrest"
    assert heads.maybe_extract_lines() == [
        b"GET http://c/ HTTP/1.1",
        b"Host: a:b@c",
        b"Proxy-Authorization: Basic YTpi",
    ]
    assert heads.maybe_extract_lines() == [b"GET /plain HTTP/1.1", b"Host: x"]
    assert bytes(heads) == b"rest"


@pytest.mark.parametrize("field", [b"X: y\rContent-Length: 90", b"X: y\0z", b"X\r: y"])
def test_a_head_that_two_would_read_differently_is_no_request(field: bytes) -> None:
    heads = RequestHeads()
    heads += b"GET http://c/ HTTP/1.1\r\n" + field + b"\r\n\r\n"
    with pytest.raises(ValueError, match="request line"):
        read_request_head(heads.maybe_extract_lines())
