"""One Host in every request, and no field that leads to another target."""

import pytest
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.target import settle_host, strip_overrides
from facegate_addons.hooks.transport import Transport


@pytest.mark.parametrize(
    ("scheme", "host", "port", "written"),
    [
        ("http", "news.example", 80, "news.example"),
        ("https", "news.example", 443, "news.example"),
        ("https", "news.example", 80, "news.example:80"),
        ("http", "2001:db8::1", 80, "[2001:db8::1]"),
        ("http", "2001:db8::1", 8080, "[2001:db8::1]:8080"),
        ("http", "192.0.2.1", 8080, "192.0.2.1:8080"),
        ("http", "bücher.example", 80, "xn--bcher-kva.example"),
    ],
)
@pytest.mark.parametrize("said", [[], [""], ["  "]])
@pytest.mark.parametrize("version", ["HTTP/1.0", "HTTP/1.1", "HTTP/2.0"])
def test_a_host_that_is_missing_is_written(make_flow, scheme, host, port, written, said, version):
    request = make_flow().request
    request.data.scheme, request.data.host, request.data.port = scheme.encode(), host, port
    request.http_version = version
    request.headers.set_all("Host", said)
    assert settle_host(request)
    if version == "HTTP/2.0":
        assert request.data.authority.decode() == written
        assert "Host" not in request.headers
    else:
        assert request.headers.get_all("Host") == [written]
        assert request.authority == ""


@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/2.0"])
def test_a_host_that_is_there_stays(make_flow, version):
    request = make_flow().request
    request.http_version = version
    request.headers["Host"] = "other.example"
    assert settle_host(request)
    assert request.headers.get_all("Host") == ["other.example"]
    assert request.authority == ("other.example" if version == "HTTP/2.0" else "")


def test_an_http2_authority_stays(make_flow):
    request = make_flow().request
    request.http_version, request.authority = "HTTP/2.0", "other.example"
    request.headers["Host"] = ""
    assert settle_host(request)
    assert (request.authority, "Host" in request.headers) == ("other.example", False)


@pytest.mark.parametrize("said", [["address", "address"], ["address", "other"], ["", "address"], ["", ""]])
@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/2.0"])
def test_two_hosts_are_refused(make_flow, said, version):
    flow = make_flow()
    flow.request.http_version = version
    flow.request.headers.set_all("Host", said)
    Transport().requestheaders(flow)
    assert exchange_of(flow).decision.reason is Reason.CLIENT_PROTOCOL


def test_no_field_leads_elsewhere(make_flow):
    request = make_flow().request
    for name in (
        "X-Original-URL",
        "X-Rewrite-URL",
        "x-original-host",
        "X-FORWARDED-HOST",
        "X-Host",
        "X-HTTP-Host-Override",
        "X-HTTP-Method-Override",
        "X-HTTP-Method",
        "X-Method-Override",
        "Forwarded",
        "X_Original_URL",
        "X-Rewrite_URL",
    ):
        request.headers.set_all(name, ["/x", "/y"])
    request.headers["X-Forwarded-For"] = request.headers["X-Original"] = "x"
    strip_overrides(request)
    assert list(request.headers) == ["host", "X-Forwarded-For", "X-Original"]
