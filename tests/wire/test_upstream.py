"""The handshake with the proxy behind, and the credentials for it; the whole is tested live."""

import pytest
from facegate_addons.domain.limits import HEAD_MAX
from facegate_addons.wire.upstream import BoundedUpstreamProxy, FacegateUpstreamMode, UpstreamCredentials
from mitmproxy.connection import Server
from mitmproxy.proxy import commands
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.mode_specs import ProxyMode, UpstreamMode
from mitmproxy.test import tflow


def answered(context: Context, *pieces: bytes) -> tuple[bool, str | None]:
    """What the tunnel makes of the proxy's answer to a CONNECT."""
    context.server = Server(address=("origin.example", 443))
    proxy = BoundedUpstreamProxy(context, Server(address=("proxy.example", 3128)), send_connect=True)
    result: tuple[bool, str | None] = (False, None)
    for piece in pieces:
        steps = proxy.receive_handshake_data(piece)
        try:
            while True:
                next(steps)
        except StopIteration as ended:
            result = ended.value
        if result != (False, None):
            break
    return result


def test_a_tunnel_is_opened_by_a_200_alone(context: Context) -> None:
    assert answered(context, b"HTTP/1.1 200 OK\r\n", b"\r\n") == (True, None)
    for said in (b"HTTP/1.1 403 secret\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n", b"garbage\r\n\r\n"):
        assert answered(context, said) == (False, "refused")


def test_a_head_has_an_end(context: Context) -> None:
    assert answered(context, b"HTTP/1.1 200 OK\r\nX: ", *[b"a" * 4096] * (HEAD_MAX // 4096 + 1)) == (
        False,
        "invalid response",
    )


@pytest.mark.parametrize(
    ("host", "said"), [("2001:db8::1", b"CONNECT [2001:db8::1]:443 "), ("a.example", b"CONNECT a.example:443 ")]
)
def test_an_address_is_asked_for_in_brackets(context: Context, host: str, said: bytes) -> None:
    context.server = Server(address=(host, 443))
    proxy = BoundedUpstreamProxy(context, Server(address=("proxy.example", 3128)), send_connect=True)
    sent = [command.data for command in proxy.start_handshake() if isinstance(command, commands.SendData)]
    assert b"".join(sent).startswith(said)
    assert context.server.address == (host, 443)


def test_credentials_are_for_the_proxy_alone() -> None:
    credentials, flow = UpstreamCredentials("me:se:cret"), tflow.tflow(resp=True)
    credentials.upstream_request(flow)
    assert flow.request.headers["Proxy-Authorization"] == "Basic bWU6c2U6Y3JldA=="
    credentials.response(flow)
    assert "Proxy-Authorization" not in flow.request.headers
    credentials.http_connect_upstream(flow)
    assert flow.request.headers["Proxy-Authorization"] == "Basic bWU6c2U6Y3JldA=="


def test_the_mode_keeps_the_address_out_of_its_description() -> None:
    mode = ProxyMode.parse(f"{FacegateUpstreamMode.type_name}:http://proxy.example:3128")
    assert isinstance(mode, UpstreamMode)
    assert "proxy" not in mode.description


@pytest.mark.parametrize("scheme", ["ftp", "socks5"])
def test_schemes_that_are_none(scheme: str) -> None:
    with pytest.raises(ValueError, match="scheme"):
        ProxyMode.parse(f"{FacegateUpstreamMode.type_name}:{scheme}://proxy.example:3128")
