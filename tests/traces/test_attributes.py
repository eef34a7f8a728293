from facegate.traces.attributes import of_line, of_request, of_verdict
from facegate_addons.domain.model import Clear
from live.tracing import LINE


def test_of_a_url_only_the_server_is_told() -> None:
    found = of_line(LINE)
    assert (found["server.address"], found["server.port"], found["url.scheme"]) == ("site.test", 8000, "http")
    assert (found["facegate.request"], found["http.response.status_code"]) == ("r-1", 451)
    assert "anna" not in str(found)
    assert "SECRET" not in str(found)
    assert "error.type" not in found


def test_what_a_worker_says_is_told_only_where_it_is_a_kind() -> None:
    assert "facegate.kind" not in of_line(LINE | {"kind": "\x00<secret>"})
    assert of_line(LINE | {"status": 503, "reason": "overloaded"})["error.type"] == "overloaded"


def test_odd_requests() -> None:
    assert of_request("BREW", "http://[") == {"http.request.method": "_OTHER"}
    assert of_request("CONNECT", "connect://site.test:443")["server.port"] == 443
    assert of_verdict(Clear("jpeg"))["facegate.verdict.kind"] == "picture"
