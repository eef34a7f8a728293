import pytest
from facegate_addons.hooks.urls import MAX, logged_url, public_url


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("http://a.example/x?y=1", "http://a.example/x?y=1"),
        ("https://u:p@a.example:444/x", "https://a.example:444/x"),
        ("http://[::1]:81/", "http://[::1]:81/"),
    ],
)
def test_no_credentials(make_flow, url, public):
    flow = make_flow()
    flow.request.url = url
    assert public_url(flow.request) == public


def test_a_tunnel_has_a_host_and_a_port(make_flow):
    flow = make_flow()
    flow.request.method, flow.request.host, flow.request.port, flow.request.scheme = "CONNECT", "a.example", 443, ""
    assert public_url(flow.request) == "connect://a.example:443"


def test_bounded(make_flow):
    flow = make_flow()
    flow.request.path = "/" + "a" * 10_000
    assert len(public_url(flow.request)) == MAX


def test_a_log_has_no_query(make_flow):
    flow = make_flow()
    flow.request.url = "https://u:p@a.example/x?key=secret"
    assert logged_url(flow.request) == "https://a.example/x"
