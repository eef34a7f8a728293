import pytest
from facegate_addons.hooks.handshake import Handshake, handshake
from mitmproxy import http

KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # of RFC 6455, with its answer
ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
ASKS = {
    "Upgrade": "WebSocket",
    "Connection": "keep-alive, upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": KEY,
}
GRANTS = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": ACCEPT}


def request(**fields):
    made = http.Request.make("GET", "http://origin/", headers=ASKS)
    made.headers.pop("content-length", None)
    for name, value in fields.items():
        made.headers[name.replace("_", "-")] = value
    return made


def test_a_handshake_is_written_anew():
    asked = handshake(request(Sec_WebSocket_Protocol="a,  b", Sec_WebSocket_Extensions="permessage-deflate"))
    assert asked == Handshake(KEY, ("a", "b"))
    anew = http.Request.make("GET", "http://origin/")
    asked.ask(anew)
    assert anew.headers["Sec-WebSocket-Protocol"] == "a, b"
    assert "Sec-WebSocket-Extensions" not in anew.headers
    assert handshake(anew) == asked


@pytest.mark.parametrize(
    "fields",
    [
        {"Upgrade": "h2c"},
        {"Upgrade": "websocket, h2c"},
        {"Connection": "keep-alive"},
        {"Sec_WebSocket_Version": "8"},
        {"Sec_WebSocket_Key": "short"},
        {"Sec_WebSocket_Key": "c2hvcnQ="},
        {"Sec_WebSocket_Key": "ü" * 24},
        {"Sec_WebSocket_Protocol": "a b"},
        {"Content_Length": "3"},
        {"Transfer_Encoding": "chunked"},
    ],
)
def test_what_asks_for_none(fields):
    assert handshake(request(**fields)) is None


def test_only_get_over_http_1_1():
    for change in ({"method": "POST"}, {"http_version": "HTTP/1.0"}, {"http_version": "HTTP/2.0"}):
        other = request()
        for name, value in change.items():
            setattr(other, name, value)
        assert handshake(other) is None


@pytest.mark.parametrize(
    ("status", "fields", "granted"),
    [
        (101, {}, True),
        (101, {"Connection": "upgrade", "Upgrade": "WebSocket", "Sec_WebSocket_Protocol": "b"}, True),
        (200, {}, False),
        (101, {"Sec_WebSocket_Accept": KEY}, False),
        (101, {"Sec_WebSocket_Protocol": "c"}, False),
        (101, {"Sec_WebSocket_Protocol": "a, b"}, False),
        (101, {"Sec_WebSocket_Extensions": "permessage-deflate"}, False),
        (101, {"Sec_WebSocket_Extensions": ""}, False),
        (101, {"Transfer_Encoding": "chunked"}, False),
        (101, {"Upgrade": "h2c"}, False),
        (101, {"Connection": "close"}, False),
    ],
)
def test_what_grants_it(status, fields, granted):
    response = http.Response.make(status, b"", GRANTS)
    for name, value in fields.items():
        response.headers[name.replace("_", "-")] = value
    assert Handshake(KEY, ("a", "b")).granted_by(response) is granted
